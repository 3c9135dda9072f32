//! `POST /api/v1/senders`, and changes of one sender.

use access::{Access, AccessError};
use app::request::context::RequestInfo;
use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, Request, State, rejection::PathRejection},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use domain::{ApiKey, DataCenterId, KeyScope, SenderField, SenderForm, SenderFormError, paths};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    at, find, is_within,
    new_sender::NewSender,
    not_found, not_saved, problem,
    response::{SenderResponse, SenderWithPassword},
};
use crate::web::api::{messages::read_body, unavailable};

/// Hours for which the old passwords stay valid by default.
const KEEP_OLD_HOURS: u32 = 24;
/// Maximum number of these hours.
const MAX_KEEP_OLD_HOURS: u32 = 24 * 90;

/// Add a sender
///
/// The response contains the password, which is not shown again.
#[utoipa::path(
    post,
    path = paths::api::Senders::PATH,
    tag = "senders",
    operation_id = "add_sender",
    security(("key" = ["senders"])),
    request_body(content = NewSender),
    responses(
        (status = 201, description = "The sender was added.", body = SenderWithPassword, headers(("Location" = String, description = "The path of the sender."))),
        (status = 400, description = "The body is not JSON with these properties.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Some properties are invalid (see `errors`).", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn add(
    State(access): State<Access>,
    Extension(key): Extension<ApiKey>,
    Extension(info): Extension<RequestInfo>,
    request: Request,
) -> Response {
    let form = match form(&key, request).await {
        Ok(form) => form,
        Err(refused) => return *refused,
    };
    match access.add_sender(&form, &info.actor).await {
        Ok((sender, password)) => {
            let location = paths::api::Sender::path(sender.id.as_str());
            let body = Json(SenderWithPassword::of(sender, password.as_ref()));
            (StatusCode::CREATED, [(LOCATION, location)], body).into_response()
        }
        Err(error) => not_saved(&error),
    }
}

/// Change a sender
///
/// Replaces all properties. The sender keeps its user name and its passwords as long as
/// `credentials` is true. If it becomes true, create a password with `rotate`.
#[utoipa::path(
    post,
    path = paths::api::UpdateSender::PATTERN,
    tag = "senders",
    operation_id = "update_sender",
    security(("key" = ["senders"])),
    params(("id" = String, Path, description = "Its id.")),
    request_body(content = NewSender),
    responses(
        (status = 200, description = "The sender was changed.", body = SenderResponse),
        (status = 400, description = "The body is not JSON with these properties.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 404, description = "The sender does not exist.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 422, description = "Some properties are invalid (see `errors`).", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn update(
    State(access): State<Access>,
    Extension(key): Extension<ApiKey>,
    Extension(info): Extension<RequestInfo>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let sender = match find(&access, &key, id).await {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    if let Err(refused) = may_give(&key, sender.settings.read_mailbox) {
        return *refused;
    }
    let form = match form(&key, request).await {
        Ok(form) => form,
        Err(refused) => return *refused,
    };
    match access.change_sender(&sender.id, &form, &info.actor).await {
        Ok(sender) => Json(SenderResponse::of(sender)).into_response(),
        Err(error) => not_saved(&error),
    }
}

/// How a password is replaced.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rotation {
    /// The hours for which the old passwords stay valid. Defaults to 24.
    #[schema(minimum = 0, maximum = 2160)]
    keep_old_hours: Option<u32>,
}

/// Create a new password for a sender
///
/// The old passwords stay valid for some time, in which the program or device can be changed. The
/// new one is not shown again.
#[utoipa::path(
    post,
    path = paths::api::RotateSender::PATTERN,
    tag = "senders",
    operation_id = "rotate_sender",
    security(("key" = ["senders"])),
    params(("id" = String, Path, description = "Its id.")),
    request_body(content = Option<Rotation>),
    responses(
        (status = 200, description = "The sender has a new password.", body = SenderWithPassword),
        (status = 400, description = "The body is not JSON with these properties.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 404, description = "The sender does not exist.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 409, description = "The sender has no credentials.", body = problem::Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn rotate(
    State(access): State<Access>,
    Extension(key): Extension<ApiKey>,
    Extension(info): Extension<RequestInfo>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let sender = match find(&access, &key, id).await {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let rotation = match read_body(request.into_body()).await {
        Ok(body) => rotation(&body),
        Err(refused) => return *refused,
    };
    if let Err(refused) = may_give(&key, sender.settings.read_mailbox) {
        return *refused;
    }
    let Some(hours) = rotation else {
        let detail = "The body is not JSON with keep_old_hours from 0 to 2160.";
        return problem::answer(StatusCode::BAD_REQUEST, detail);
    };
    if sender.user.is_none() {
        let detail = wording::api_problem::SENDER_WITHOUT_CREDENTIALS;
        return problem::answer(StatusCode::CONFLICT, detail);
    }
    let rotated = access.rotate_sender(&sender.id, hours * 3_600, &info.actor);
    let password = match rotated.await {
        Ok(password) => password,
        Err(AccessError::Unknown) => return not_found(),
        Err(error) => return unavailable(&error),
    };
    match access.sender(&sender.id).await {
        Ok(Some(sender)) => Json(SenderWithPassword::of(sender, Some(&password))).into_response(),
        Ok(None) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// Remove a sender
///
/// It can send nothing more, also in open sessions. Its API keys are revoked.
#[utoipa::path(
    post,
    path = paths::api::RemoveSender::PATTERN,
    tag = "senders",
    operation_id = "remove_sender",
    security(("key" = ["senders"])),
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 204, description = "The sender was removed."),
        (status = 404, description = "The sender does not exist.", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn remove(
    State(access): State<Access>,
    Extension(key): Extension<ApiKey>,
    Extension(info): Extension<RequestInfo>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let sender = match find(&access, &key, id).await {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    match access.remove_sender(&sender.id, &info.actor).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(AccessError::Unknown) => not_found(),
        Err(error) => unavailable(&error),
    }
}

/// Reads the values of a sender. Those of a key for one data center must have this data center.
async fn form(key: &ApiKey, request: Request) -> Result<SenderForm, Box<Response>> {
    let body = read_body(request.into_body()).await?;
    let mut form = NewSender::read(&body)?.form();
    may_give(key, !form.read_mailbox.is_empty())?;
    if let (true, Some(only)) = (form.data_center.is_empty(), &key.data_center) {
        form.data_center = only.to_string();
    }
    let id = match form.data_center.trim() {
        "" => Ok(DataCenterId::default()),
        id => DataCenterId::parse(id),
    };
    if id.is_ok_and(|id| !is_within(key, &id)) {
        let error = at(SenderField::DataCenter, SenderFormError::UnknownDataCenter);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Box::new(problem::with_errors(status, vec![error])));
    }
    Ok(form)
}

/// Checks that a key only gives the right to read the mailbox if it has that right itself, also by
/// moving a sender to another mailbox or by learning its password.
fn may_give(key: &ApiKey, read_mailbox: bool) -> Result<(), Box<Response>> {
    if read_mailbox && !key.scopes.contains(&KeyScope::Mailbox) {
        let detail = wording::api_problem::READ_MAILBOX_NOT_ALLOWED;
        return Err(Box::new(problem::answer(StatusCode::FORBIDDEN, detail)));
    }
    Ok(())
}

/// Returns the hours for which old passwords stay valid. The body may be empty.
fn rotation(body: &Bytes) -> Option<u32> {
    let rotation = if body.is_empty() {
        Rotation::default()
    } else {
        let rotation: Option<Rotation> = serde_json::from_slice(body).ok()?;
        rotation.unwrap_or_default()
    };
    let hours = rotation.keep_old_hours.unwrap_or(KEEP_OLD_HOURS);
    (hours <= MAX_KEEP_OLD_HOURS).then_some(hours)
}
