//! `/api/v1/messages`: submits messages and shows their state.

pub mod change;
mod filter;
mod idempotency;
mod new_message;
pub mod read;
mod request_body;
mod response;
pub mod submit;

use new_message::NewMessage;
pub use request_body::read as read_body;

use response::{Accepted, Changed, MessageList, MessageResponse};

use axum::{http::StatusCode, response::Response};
use domain::{ApiKey, MessageId, OutboxMessage};
use mail::{MailError, Mailer};

use super::problem;

/// Returns the message with this ID if the key has access to it.
async fn find(mailer: &Mailer, key: &ApiKey, id: &str) -> Result<Option<OutboxMessage>, MailError> {
    let Ok(id) = MessageId::parse(id) else {
        return Ok(None);
    };
    let found = mailer.outbox.message(&id).await?;
    Ok(found.filter(|message| {
        let only = key.data_center.as_ref();
        only.is_none_or(|only| *only == message.data_center)
    }))
}

fn not_found() -> Response {
    problem::answer(StatusCode::NOT_FOUND, wording::api_problem::UNKNOWN_MESSAGE)
}
