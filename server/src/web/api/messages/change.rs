//! `POST /api/v1/messages/{id}/retry` and `…/cancel`.

use app::request::context::RequestInfo;
use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{ApiKey, MessageState, paths};
use mail::{ChangeOutcome, MailError, Mailer};

use super::{Changed, find, not_found, problem};
use crate::web::api::unavailable;

/// Retry a message, or send it now
///
/// A queued message becomes due immediately. A failed or cancelled message is sent again to the
/// recipients who did not get it.
#[utoipa::path(
    post,
    path = paths::api::RetryMessage::PATTERN,
    tag = "messages",
    operation_id = "retry_message",
    security(("key" = ["send"])),
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "The message is due now.", body = Changed),
        (status = 404, description = "The message does not exist.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The state of the message does not allow this, or its content was deleted.", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn retry(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    Extension(info): Extension<RequestInfo>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    change(&mailer, &key, &info, id, MessageState::Waiting).await
}

/// Cancel a queued message
#[utoipa::path(
    post,
    path = paths::api::CancelMessage::PATTERN,
    tag = "messages",
    operation_id = "cancel_message",
    security(("key" = ["send"])),
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "The message was cancelled.", body = Changed),
        (status = 404, description = "The message does not exist.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The message is no longer waiting.", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn cancel(
    State(mailer): State<Mailer>,
    Extension(key): Extension<ApiKey>,
    Extension(info): Extension<RequestInfo>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    change(&mailer, &key, &info, id, MessageState::Cancelled).await
}

async fn change(
    mailer: &Mailer,
    key: &ApiKey,
    info: &RequestInfo,
    id: Result<Path<String>, PathRejection>,
    to: MessageState,
) -> Response {
    let Ok(Path(id)) = id else {
        return not_found();
    };
    match try_to(mailer, key, info, &id, to).await {
        Ok(ChangeOutcome::Changed) => {
            let state = to.code().to_owned();
            Json(Changed { id, state }).into_response()
        }
        Ok(ChangeOutcome::Unknown) => not_found(),
        Ok(ChangeOutcome::NotNow(state)) => {
            let detail = wording::api_problem::state_forbids(state);
            problem::answer(StatusCode::CONFLICT, &detail)
        }
        Ok(ChangeOutcome::ContentGone) => {
            problem::answer(StatusCode::CONFLICT, wording::api_problem::CONTENT_DELETED)
        }
        Err(error) => unavailable(&error),
    }
}

async fn try_to(
    mailer: &Mailer,
    key: &ApiKey,
    info: &RequestInfo,
    id: &str,
    to: MessageState,
) -> Result<ChangeOutcome, MailError> {
    let Some(message) = find(mailer, key, id).await? else {
        return Ok(ChangeOutcome::Unknown);
    };
    if to == MessageState::Cancelled {
        mailer.outbox.cancel(&message.id, &info.actor).await
    } else {
        mailer.outbox.retry(&message.id, &info.actor).await
    }
}
