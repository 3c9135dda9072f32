//! `GET /messages/{id}/html`: the HTML of a message for the frame on its page.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::MessageId;
use mail::Mailer;

use crate::web::frame;

/// Returns the sanitized HTML.
pub async fn html(State(mailer): State<Mailer>, Path(id): Path<String>) -> Response {
    let Ok(id) = MessageId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.outbox.preview(&id).await {
        Ok(mail) => match mail.and_then(|mail| mail.html) {
            Some(html) => frame::document(&html),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "message could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
