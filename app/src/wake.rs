//! The start of a page in the browser.

use web_sys::HtmlElement;

use crate::{
    island::View,
    pages,
    ui::{browser, events},
};

/// Hydrates the islands of this page with a function that hydrates an element.
pub fn wake(hydrate: &dyn Fn(HtmlElement, View)) {
    pages::SMTP_SETTINGS.wake(hydrate);
    pages::AUTHORIZATION.wake(hydrate);
    events::follow_events();
    browser::copy_on_click();
    browser::mark_hydrated();
}
