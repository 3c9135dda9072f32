//! The WASM entry: takes over the page that the server has rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's hydration script once the module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}
