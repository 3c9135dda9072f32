//! Received mail, as JSON and as a page.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;

use crate::html::{escape, page};
use crate::record::ReceivedMessage;
use crate::state;

pub(crate) async fn list(State(state): State<Arc<state::State>>) -> Json<Vec<ReceivedMessage>> {
    Json(state.lock().messages.clone())
}

pub(crate) async fn clear(State(state): State<Arc<state::State>>) -> StatusCode {
    let mut inner = state.lock();
    inner.messages.clear();
    inner.mail.clear();
    StatusCode::NO_CONTENT
}

pub(crate) async fn show(
    State(state): State<Arc<state::State>>,
    Path(id): Path<String>,
) -> Result<Html<String>, (StatusCode, Html<String>)> {
    let message = state
        .lock()
        .messages
        .iter()
        .find(|message| message.id == id)
        .cloned();
    let Some(message) = message else {
        let body = "<h1>No such message</h1><p><a href=/>All messages</a></p>";
        return Err((StatusCode::NOT_FOUND, page("No such message", body)));
    };
    let subject = message.subject.as_deref().unwrap_or("(no subject)");
    let body = format!(
        "<h1>{subject}</h1><p><a href=/>All messages</a></p><dl>\
         <dt>From</dt><dd>{from}</dd><dt>To</dt><dd>{to}</dd>\
         <dt>Signed in as</dt><dd>{account}</dd><dt>TLS</dt><dd>{tls}</dd>\
         <dt>Queue identifier</dt><dd>{id}</dd></dl><h2>Source</h2><pre>{raw}</pre>",
        subject = escape(subject),
        from = escape(&message.from),
        to = escape(&message.to.join(", ")),
        account = escape(message.account.as_deref().unwrap_or("nobody")),
        tls = escape(message.tls_version.as_deref().unwrap_or("none")),
        id = escape(&message.id),
        raw = escape(&message.raw),
    );
    Ok(page(subject, &body))
}
