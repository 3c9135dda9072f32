//! The WASM entry: makes the pages that the server has rendered come alive.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once this module has been loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // Islands do it as well, but not every page that listens to events has one. `Err`: it is done.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    app::wake(&|element, view| leptos::mount::hydrate_from(element, view).forget());
}
