//! What only a browser can do. Called from event handlers and effects, which do not run on the
//! server.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use domain::{AuthorizationId, AuthorizationState, CheckId};
use futures::channel::oneshot;
use leptos::{ev::click, prelude::*};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Element, EventSource, HtmlElement, HtmlInputElement, HtmlSelectElement, MessageEvent,
};

use crate::{
    error::ApiError,
    rendered::{Piece, Place},
};

/// Moves the focus to an element, or into a group of inputs.
pub fn focus(id: &str) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    let inside = element.query_selector("input").ok().flatten();
    if let Ok(target) = inside.unwrap_or(element).dyn_into::<HtmlElement>() {
        let _ = target.focus();
    }
}

/// Puts the text of an input on the clipboard; `false` when the browser does not allow that, and the text
/// is only selected.
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
    // Elsewhere there is no clipboard to call.
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

/// Sets the choice of a select, which may differ from what its signal says.
pub fn choose(id: &str, value: &str) {
    let element = document().get_element_by_id(id);
    if let Some(select) = element.and_then(|element| element.dyn_into::<HtmlSelectElement>().ok()) {
        select.set_value(value);
    }
}

/// The value of an input or of a select.
pub fn value(id: &str) -> Option<String> {
    let element = document().get_element_by_id(id)?;
    match element.dyn_ref::<HtmlInputElement>() {
        Some(input) => Some(input.value()),
        None => element
            .dyn_ref::<HtmlSelectElement>()
            .map(HtmlSelectElement::value),
    }
}

/// Whether a checkbox is checked.
pub fn is_checked(id: &str) -> Option<bool> {
    let element = document().get_element_by_id(id)?;
    element
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::checked)
}

/// The value of the radio button that is chosen in a group.
pub fn chosen(group: &str) -> Option<String> {
    let group = document().get_element_by_id(group)?;
    let button = group.query_selector("input:checked").ok()??;
    button
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::value)
}

/// Tells how an authorization ends, or `None` when the connection that tells it is lost.
pub fn watch_authorization(
    id: &AuthorizationId,
    on_end: impl Fn(Option<AuthorizationState>) + 'static,
) {
    let (on_end, on_loss) = {
        let on_end = Rc::new(on_end);
        (on_end.clone(), on_end)
    };
    let told = move |data: &[u8]| {
        let state = serde_json::from_slice(data).ok();
        let end = state.filter(|state| !matches!(state, AuthorizationState::Pending { .. }));
        let has_ended = end.is_some();
        if has_ended {
            on_end(end);
        }
        has_ended
    };
    let changed = move |link| {
        if link == Link::Closed {
            on_loss(None);
        }
    };
    let url = ["/events/authorization/", id.as_str()].concat();
    listen(&url, Box::new(told), Box::new(changed));
}

/// Shows a check as it goes on, and tells whether it went well.
///
/// # Errors
/// `Offline` when the connection that tells it is lost.
pub async fn watch_check(id: &CheckId, say: impl Fn(String) + 'static) -> Result<bool, ApiError> {
    let (sender, end) = oneshot::channel();
    let (on_end, on_loss) = {
        let sender = Rc::new(Cell::new(Some(sender)));
        (sender.clone(), sender)
    };
    let send = |sender: &Cell<Option<oneshot::Sender<_>>>, end| {
        if let Some(sender) = sender.take() {
            let _ = sender.send(end);
        }
    };
    let told = move |data: &[u8]| {
        let piece = serde_json::from_slice::<Piece>(data).ok();
        let end = piece.and_then(|piece| {
            put(&piece.into, &piece.html, piece.place);
            say(piece.said);
            piece.ended
        });
        if end.is_some() {
            send(&on_end, end);
        }
        end.is_some()
    };
    let changed = move |link| {
        if link == Link::Closed {
            send(&on_loss, None);
        }
    };
    let url = ["/events/check/", id.as_str()].concat();
    listen(&url, Box::new(told), Box::new(changed));
    end.await.ok().flatten().ok_or(ApiError::Offline)
}

/// How the connection stands that events come by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    /// They come.
    Open,
    /// It broke off; the browser makes it anew.
    Lost,
    /// The browser has given up.
    Closed,
}

/// What is done with an event; whether it was the last.
type Told = Box<dyn Fn(&[u8]) -> bool>;

/// Listens to events until one of them is the last.
fn listen(url: &str, told: Told, changed: Box<dyn Fn(Link)>) {
    let Ok(source) = EventSource::new(url) else {
        changed(Link::Closed);
        return;
    };
    let on_message = Closure::<dyn Fn(MessageEvent)>::new({
        let source = source.clone();
        move |event: MessageEvent| {
            let data = event.data().as_string().unwrap_or_default();
            if told(data.as_bytes()) {
                source.close();
            }
        }
    });
    source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let on_change = Closure::<dyn Fn()>::new({
        let source = source.clone();
        move || {
            changed(match source.ready_state() {
                EventSource::OPEN => Link::Open,
                EventSource::CONNECTING => Link::Lost,
                _ => Link::Closed,
            });
        }
    });
    let handler = Some(on_change.as_ref().unchecked_ref());
    source.set_onopen(handler);
    source.set_onerror(handler);
    on_change.forget();
}

/// Puts what the server has rendered into an element. The focus stays where it was, as far as that is still there.
pub fn put(id: &str, html: &str, place: Place) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    let focused = focused_id();
    match place {
        Place::Within => element.set_inner_html(html),
        Place::Instead => element.set_outer_html(html),
        Place::Start | Place::End => {
            let end = place == Place::End;
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

/// The element that says what has happened, for a screen reader.
pub const EVENTS_SAID: &str = "events-said";
/// Before events are listened to anew that the browser has given up: at first and at most.
const WAIT: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(2));

/// Shows what happens, on a page that names events to listen to, as long as it is open; and tells when the server is not
/// reached.
pub fn follow_events() {
    let element = document().query_selector("[data-events]").ok().flatten();
    if let Some(url) = element.and_then(|element| element.get_attribute("data-events")) {
        follow(&url, WAIT.0);
    }
}

fn follow(url: &str, wait: Duration) {
    let told = |data: &[u8]| {
        let Ok(piece) = serde_json::from_slice::<Piece>(data) else {
            return false;
        };
        put(&piece.into, &piece.html, piece.place);
        if let Some(element) = document().get_element_by_id(EVENTS_SAID) {
            element.set_text_content(Some(&piece.said));
        }
        piece.ended.is_some()
    };
    let again = url.to_owned();
    let changed = move |link| {
        if let Some(root) = document().document_element() {
            let is_lost = link != Link::Open;
            let _ = root.class_list().toggle_with_force("offline", is_lost);
        }
        if link == Link::Closed {
            let url = again.clone();
            set_timeout(move || follow(&url, (wait * 2).min(WAIT.1)), wait);
        }
    };
    listen(url, Box::new(told), Box::new(changed));
}

/// Has each button copy the element that it names, also those that come later.
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

/// Goes to another page, as a link does.
pub fn go(url: &str) {
    let _ = window().location().set_href(url);
}

thread_local! {
    /// The tab that was opened within a click and does not know its address yet.
    static OPENED: RefCell<Option<web_sys::Window>> = const { RefCell::new(None) };
}

/// Opens an empty tab. To be called within a click, else browsers refuse.
pub fn open_tab() {
    let tab = window()
        .open_with_url_and_target("", "_blank")
        .ok()
        .flatten();
    if let Some(tab) = &tab {
        // The page that will load there has no business with this one.
        let _ = tab.set_opener(&JsValue::NULL);
    }
    OPENED.set(tab);
}

/// Shows a page in the opened tab; `false` when there is none, since the browser did not allow it.
pub fn show_in_tab(url: &str) -> bool {
    let tab = OPENED.take();
    tab.is_some_and(|tab| tab.location().set_href(url).is_ok())
}

/// Closes the opened tab, if it has not been used.
pub fn close_tab() {
    if let Some(tab) = OPENED.take() {
        let _ = tab.close();
    }
}

/// Marks the document as alive, so that the style sheet shows what needs WASM and hides what
/// stands in for it.
pub fn mark_alive() {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().add_1("wasm");
    }
}
