//! `GET /api/v1/messages` and `GET /api/v1/messages/{id}`.

use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    http::Uri,
    response::{IntoResponse as _, Response},
};
use domain::{ApiKey, paths};
use mail::{MailError, Mailer};

use super::{MessageList, MessageResponse, filter::MessageListQuery, find, not_found, problem};
use crate::web::api::unavailable;

/// List messages, newest first
#[utoipa::path(
    get,
    path = paths::api::Messages::PATH,
    tag = "messages",
    operation_id = "list_messages",
    security(("key" = ["messages"])),
    params(
        ("data_center" = Option<String>, Query, description = "Only messages of the data center with this ID."),
        ("state" = Option<String>, Query, description = "Only messages in these states, separated by commas: `waiting`, `sending`, `delivered`, `partly_delivered`, `failed`, `cancelled`, `bounced`.", example = "waiting,failed"),
        ("search" = Option<String>, Query, description = "Only messages with this text in the subject, addresses, or Message-ID."),
        ("since" = Option<String>, Query, description = "Only messages that were stored at this time (RFC 3339) or later, or from this date (UTC) on.", example = "2026-11-01"),
        ("until" = Option<String>, Query, description = "Only messages that were stored before this time or date."),
        ("cursor" = Option<String>, Query, description = "The value of `next` in the previous page."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "Maximum number of messages. Defaults to 50."),
    ),
    responses(
        (status = 200, description = "The messages.", body = MessageList),
        (status = 400, description = "Some parameters are invalid (see `errors`).", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn list(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    uri: Uri,
) -> Response {
    let query = match MessageListQuery::read(&uri, &key) {
        Ok(query) => query,
        Err(refused) => return *refused,
    };
    let page = mailer
        .outbox
        .messages(&query.filter, query.cursor.as_ref(), query.limit)
        .await;
    match page {
        Ok(page) => {
            let messages = page.messages.into_iter();
            Json(MessageList {
                messages: messages.map(|one| MessageResponse::of(one, None)).collect(),
                next: page.next.map(|id| id.as_str().to_owned()),
            })
            .into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// Get a message with its recipients and attempts
#[utoipa::path(
    get,
    path = paths::api::Message::PATTERN,
    tag = "messages",
    operation_id = "read_message",
    security(("key" = ["messages"])),
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "The message.", body = MessageResponse),
        (status = 404, description = "The message does not exist.", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn one(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let Ok(Path(id)) = id else {
        return not_found();
    };
    match read(&mailer, &key, &id).await {
        Ok(Some(message)) => Json(message).into_response(),
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

async fn read(
    mailer: &Mailer,
    key: &ApiKey,
    id: &str,
) -> Result<Option<MessageResponse>, MailError> {
    let Some(message) = find(mailer, key, id).await? else {
        return Ok(None);
    };
    let attempts = mailer.outbox.attempts(&message.id).await?;
    Ok(Some(MessageResponse::of(message, Some(attempts))))
}
