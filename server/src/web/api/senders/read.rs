//! `GET /api/v1/senders` and `GET /api/v1/senders/{id}`.

use access::Access;
use axum::{
    Extension, Json,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse as _, Response},
};
use domain::{ApiKey, paths};

use super::{
    find, is_within, problem,
    response::{SenderList, SenderResponse},
};
use crate::web::api::unavailable;

/// List senders, ordered by name
#[utoipa::path(
    get,
    path = paths::api::Senders::PATH,
    tag = "senders",
    operation_id = "list_senders",
    security(("key" = ["senders"])),
    responses(
        (status = 200, description = "The senders. If the API key is for one data center, those of this data center.", body = SenderList),
    ),
)]
pub async fn list(State(access): State<Access>, Extension(key): Extension<ApiKey>) -> Response {
    match access.senders().await {
        Ok(senders) => {
            let senders = senders.into_iter();
            let senders = senders.filter(|sender| is_within(&key, &sender.data_center));
            Json(SenderList {
                senders: senders.map(SenderResponse::of).collect(),
            })
            .into_response()
        }
        Err(error) => unavailable(&error),
    }
}

/// Get a sender
#[utoipa::path(
    get,
    path = paths::api::Sender::PATTERN,
    tag = "senders",
    operation_id = "read_sender",
    security(("key" = ["senders"])),
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "The sender.", body = SenderResponse),
        (status = 404, description = "The sender does not exist.", body = problem::Problem, content_type = "application/problem+json"),
    ),
)]
pub async fn one(
    State(access): State<Access>,
    Extension(key): Extension<ApiKey>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    match find(&access, &key, id).await {
        Ok(sender) => Json(SenderResponse::of(sender)).into_response(),
        Err(refused) => *refused,
    }
}
