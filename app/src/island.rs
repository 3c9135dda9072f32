//! Parts of pages that come alive in the browser.
//!
//! The server renders whole pages. Of these the browser takes up the islands only: the data that an
//! island was rendered with stands beside it in the page. So the router, and all that pages are
//! made of besides, stays out of the WASM, and links load pages as they always did.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    pages,
    ui::{browser, events},
};

/// A part of a page with data `P`, which holds no secret: it is printed into the page.
pub struct Island<P> {
    /// The id of the element around it.
    pub id: &'static str,
    /// The same on the server and in the browser.
    pub view: fn(P) -> AnyView,
}

const DATA: &str = "data-island";

impl<P: Serialize + DeserializeOwned + 'static> Island<P> {
    /// The island as the server renders it.
    pub fn rendered(&self, data: P) -> impl IntoView + use<P> {
        let json = serde_json::to_string(&data).unwrap_or_default();
        view! {
            <div id=self.id data-island=json>
                {(self.view)(data)}
            </div>
        }
    }

    /// Brings it to life, when it is part of this page.
    fn wake(&self, hydrate: &dyn Fn(HtmlElement, View)) {
        let Some(root) = document().get_element_by_id(self.id) else {
            return;
        };
        let json = root.get_attribute(DATA).unwrap_or_default();
        // As answers of server functions are read: one reader for both keeps the WASM small.
        if let (Ok(data), Ok(root)) = (serde_json::from_slice(json.as_bytes()), root.dyn_into()) {
            let view = self.view;
            hydrate(root, Box::new(move || view(data)));
        }
    }
}

/// What an island shows.
pub type View = Box<dyn FnOnce() -> AnyView>;

/// Brings the islands of this page to life with a function that hydrates an element.
pub fn wake(hydrate: &dyn Fn(HtmlElement, View)) {
    pages::SMTP_SETTINGS.wake(hydrate);
    pages::AUTHORIZATION.wake(hydrate);
    events::follow_events();
    browser::copy_on_click();
    browser::mark_alive();
}
