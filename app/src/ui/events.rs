//! Server-sent events of open pages.

use std::{cell::Cell, time::Duration};

use domain::{AuthorizationId, AuthorizationState, CheckId};
use futures::{StreamExt as _, stream::select};
use gloo_net::eventsource::{State, futures::EventSource};
use leptos::{
    leptos_dom::helpers::{document, set_timeout},
    task::spawn_local,
};

use super::browser::insert_html;
use crate::{error::ApiError, patch::HtmlPatch, paths};

/// ID of the element with the text for screen readers.
pub const EVENTS_SAID: &str = "events-said";
/// Delay before the browser reconnects after it gave up: initial and maximum.
const RECONNECT_DELAY: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(2));

/// Waits for the end of an authorization. Returns `None` if the connection is lost.
pub async fn watch_authorization(id: &AuthorizationId) -> Option<AuthorizationState> {
    let mut end = None;
    let mut on_event = |data: &[u8]| {
        let state = serde_json::from_slice(data).ok();
        end = state.filter(|state| !matches!(state, AuthorizationState::Pending { .. }));
        end.is_some()
    };
    let url = paths::AuthorizationEvents::path(id.as_str());
    listen(&url, &mut on_event, &|_| ()).await;
    end
}

/// Shows the steps of a check while `is_shown` returns true. Returns true if the check succeeded.
///
/// # Errors
/// `Offline` if the connection is lost.
pub async fn watch_check(
    id: &CheckId,
    is_shown: impl Fn() -> bool,
    say: impl Fn(String),
) -> Result<bool, ApiError> {
    let mut end = None;
    let mut on_event = |data: &[u8]| {
        if !is_shown() {
            return true;
        }
        if let Some(patch) = apply_patch(data) {
            say(patch.said);
            end = patch.ended;
        }
        end.is_some()
    };
    let url = paths::CheckEvents::path(id.as_str());
    listen(&url, &mut on_event, &|_| ()).await;
    end.ok_or(ApiError::Offline)
}

/// Applies the events that a page subscribes to, and shows when the server cannot be reached.
pub fn follow_events() {
    let element = document().query_selector("[data-events]").ok().flatten();
    if let Some(url) = element.and_then(|element| element.get_attribute("data-events")) {
        follow(url, RECONNECT_DELAY.0);
    }
}

fn follow(url: String, wait: Duration) {
    let mut on_event = |data: &[u8]| {
        let Some(patch) = apply_patch(data) else {
            return false;
        };
        if let Some(element) = document().get_element_by_id(EVENTS_SAID) {
            element.set_text_content(Some(&patch.said));
        }
        patch.ended.is_some()
    };
    spawn_local(async move {
        let was_open = Cell::new(false);
        let reached = |is_open| {
            was_open.set(was_open.get() || is_open);
            show_reached(is_open);
        };
        if !listen(&url, &mut on_event, &reached).await {
            let wait = if was_open.get() {
                RECONNECT_DELAY.0
            } else {
                wait
            };
            set_timeout(move || follow(url, (wait * 2).min(RECONNECT_DELAY.1)), wait);
        }
    });
}

/// Applies a patch from the server.
fn apply_patch(data: &[u8]) -> Option<HtmlPatch> {
    let patch = serde_json::from_slice::<HtmlPatch>(data).ok()?;
    insert_html(&patch.into, &patch.html, patch.place);
    Some(patch)
}

fn show_reached(reached: bool) {
    if let Some(root) = document().document_element() {
        let _ = root.class_list().toggle_with_force("offline", !reached);
    }
}

/// Reads events until `on_event` returns true for the last one, or the browser gives up. Returns
/// true in the first case. The browser reconnects after interruptions. `reached` receives the state
/// of the connection.
async fn listen(
    url: &str,
    on_event: &mut dyn FnMut(&[u8]) -> bool,
    reached: &dyn Fn(bool),
) -> bool {
    let Ok(mut source) = EventSource::new(url) else {
        reached(false);
        return false;
    };
    let (Ok(messages), Ok(opened), Ok(broken)) = (
        source.subscribe("message"),
        source.subscribe("open"),
        source.subscribe("error"),
    ) else {
        return false;
    };
    let mut all = select(messages, select(opened, broken));
    while let Some(event) = all.next().await {
        match event {
            Ok((kind, event)) if kind == "message" => {
                let data = event.data().as_string().unwrap_or_default();
                if on_event(data.as_bytes()) {
                    return true;
                }
            }
            _ => {
                let state = source.state();
                reached(state == State::Open);
                if state == State::Closed {
                    break;
                }
            }
        }
    }
    false
}
