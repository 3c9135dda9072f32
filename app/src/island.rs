//! Islands: the parts of pages that are hydrated in the browser.
//!
//! The server renders whole pages, and the browser hydrates only the islands. The data of an island
//! is embedded in the page next to it. The router and the static parts of pages are therefore not
//! part of the WASM, and links load whole pages.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    pages,
    ui::{browser, events},
};

/// Part of a page with data `P`. The data contains no secret, because it is embedded in the page.
pub struct Island<P> {
    /// ID of the element around it.
    pub id: &'static str,
    /// Renders it, identically on the server and in the browser.
    pub view: fn(P) -> AnyView,
}

const DATA: &str = "data-island";

impl<P: Serialize + DeserializeOwned + 'static> Island<P> {
    /// Renders the island on the server.
    pub fn rendered(&self, data: P) -> impl IntoView + use<P> {
        let json = serde_json::to_string(&data).unwrap_or_default();
        view! {
            <div id=self.id data-island=json>
                {(self.view)(data)}
            </div>
        }
    }

    /// Hydrates the island if this page contains it.
    fn wake(&self, hydrate: &dyn Fn(HtmlElement, View)) {
        let Some(root) = document().get_element_by_id(self.id) else {
            return;
        };
        let json = root.get_attribute(DATA).unwrap_or_default();
        // Uses the parser of server functions. One parser for both keeps the WASM small.
        if let (Ok(data), Ok(root)) = (serde_json::from_slice(json.as_bytes()), root.dyn_into()) {
            let view = self.view;
            hydrate(root, Box::new(move || view(data)));
        }
    }
}

/// Function that renders an island.
pub type View = Box<dyn FnOnce() -> AnyView>;

/// Hydrates the islands of this page with a function that hydrates an element.
pub fn wake(hydrate: &dyn Fn(HtmlElement, View)) {
    pages::SMTP_SETTINGS.wake(hydrate);
    pages::AUTHORIZATION.wake(hydrate);
    events::follow_events();
    browser::copy_on_click();
    browser::mark_hydrated();
}
