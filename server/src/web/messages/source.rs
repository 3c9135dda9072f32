//! `GET /messages/{id}/raw`: the source of a message as it is sent to the mail server (RFC 5322).

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::MessageId;
use mail::Mailer;

use crate::web::download::Download;

/// Returns the source as a file.
pub async fn download(State(mailer): State<Mailer>, Path(id): Path<String>) -> Response {
    let Ok(id) = MessageId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let found = mailer.outbox.content(&id).await.map(|found| {
        found.map(|content| Download {
            name: format!("message-{}.eml", id.as_str()),
            media_type: "message/rfc822",
            content: content.into(),
        })
    });
    Download::answer(found)
}
