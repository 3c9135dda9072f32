//! `GET /messages/{id}/raw`: a message as it is handed to the mail server (RFC 5322).

use axum::{
    extract::{Path, State},
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use domain::MessageId;
use mail::Mailer;

/// Sends the source as a file.
pub async fn download(State(mailer): State<Mailer>, Path(id): Path<String>) -> Response {
    let Ok(id) = MessageId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.message_content(&id).await {
        Ok(Some(content)) => {
            let name = format!("attachment; filename=\"message-{}.eml\"", id.as_str());
            let headers = [
                (CONTENT_TYPE, "message/rfc822".to_owned()),
                (CONTENT_DISPOSITION, name),
            ];
            (headers, content).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "cannot read a message");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
