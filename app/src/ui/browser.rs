//! Functions of the browser. They are called from event handlers and effects, which do not run on
//! the server.

use std::cell::RefCell;

use leptos::{ev::click, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

use crate::patch::Placement;

/// Focuses an element, or the first input of a group.
pub fn focus(id: &str) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    let inside = element.query_selector("input").ok().flatten();
    if let Ok(target) = inside.unwrap_or(element).dyn_into::<HtmlElement>() {
        let _ = target.focus();
    }
}

/// Copies the text of an input to the clipboard. If the browser does not permit that, only selects
/// the text and returns false.
pub fn copy_from(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else {
        return false;
    };
    let text = match element.dyn_ref::<HtmlInputElement>() {
        Some(input) => {
            input.select();
            input.value()
        }
        None => element.text_content().unwrap_or_default(),
    };
    // Pages without TLS have no clipboard.
    if !window().is_secure_context() {
        return false;
    }
    let _ = window().navigator().clipboard().write_text(&text);
    true
}

/// Scrolls to an element.
pub fn bring_into_view(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
    }
}

/// Selects an option of a select, which may differ from its signal.
pub fn choose(id: &str, value: &str) {
    let element = document().get_element_by_id(id);
    if let Some(select) = element.and_then(|element| element.dyn_into::<HtmlSelectElement>().ok()) {
        select.set_value(value);
    }
}

/// Returns the value of an input or of a select.
pub fn value(id: &str) -> Option<String> {
    let element = document().get_element_by_id(id)?;
    match element.dyn_ref::<HtmlInputElement>() {
        Some(input) => Some(input.value()),
        None => element
            .dyn_ref::<HtmlSelectElement>()
            .map(HtmlSelectElement::value),
    }
}

/// Returns true if a checkbox is checked; `None` if it does not exist.
pub fn is_checked(id: &str) -> Option<bool> {
    let element = document().get_element_by_id(id)?;
    element
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::checked)
}

/// Returns the value of the radio button that is selected in a group.
pub fn chosen(group: &str) -> Option<String> {
    let group = document().get_element_by_id(group)?;
    let button = group.query_selector("input:checked").ok()??;
    button
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::value)
}

/// Inserts HTML from the server into an element. The focus is kept if its element still exists.
pub fn insert_html(id: &str, html: &str, place: Placement) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    let focused = focused_id();
    match place {
        Placement::Within => element.set_inner_html(html),
        Placement::Instead => element.set_outer_html(html),
        Placement::Start | Placement::End => {
            let end = place == Placement::End;
            let position = if end { "beforeend" } else { "afterbegin" };
            let _ = element.insert_adjacent_html(position, html);
        }
    }
    if focused_id() != focused {
        focus(&focused);
    }
}

fn focused_id() -> String {
    document()
        .active_element()
        .map(|element| element.id())
        .unwrap_or_default()
}

/// Handles clicks on all copy buttons, including those that are inserted later.
pub fn copy_on_click() {
    let _ = window_event_listener(click, |event| {
        let target = event.target().and_then(|target| target.dyn_into().ok());
        let button = target.and_then(|target: Element| target.closest("[data-copy]").ok()?);
        let Some(button) = button else {
            return;
        };
        let of = button.get_attribute("data-copy").unwrap_or_default();
        let said = if copy_from(&of) {
            "Copied"
        } else {
            "Selected: press Ctrl+C"
        };
        if let Some(status) = button.next_element_sibling() {
            status.set_text_content(Some(said));
            let _ = status.class_list().add_1("is-shown");
        }
    });
}

/// Navigates to another page, as a link does.
pub fn go(url: &str) {
    let _ = window().location().set_href(url);
}

thread_local! {
    /// Tab that was opened in a click handler and has no URL yet.
    static OPENED: RefCell<Option<web_sys::Window>> = const { RefCell::new(None) };
}

/// Opens an empty tab. Must be called in a click handler, because browsers block it otherwise.
pub fn open_tab() {
    let tab = window()
        .open_with_url_and_target("", "_blank")
        .ok()
        .flatten();
    if let Some(tab) = &tab {
        // The page in the new tab must not control this one.
        let _ = tab.set_opener(&JsValue::NULL);
    }
    OPENED.set(tab);
}

/// Opens a URL in the new tab. Returns false if the browser blocked the tab.
pub fn show_in_tab(url: &str) -> bool {
    let tab = OPENED.take();
    tab.is_some_and(|tab| tab.location().set_href(url).is_ok())
}

/// Closes the new tab if it was not used.
pub fn close_tab() {
    if let Some(tab) = OPENED.take() {
        let _ = tab.close();
    }
}

/// Marks the document as hydrated. The style sheet then shows elements that need WASM and hides
/// their substitutes.
pub fn mark_hydrated() {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().add_1("wasm");
    }
}
