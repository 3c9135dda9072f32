//! `/api/v1/senders`: the programs and devices that may submit mail.

pub mod change;
mod new_sender;
pub mod read;
mod response;
pub mod sessions;

use access::{Access, AccessError, SaveSenderError};
use axum::{
    extract::{Path, rejection::PathRejection},
    http::StatusCode,
    response::Response,
};
use domain::{ApiKey, DataCenterId, Sender, SenderField, SenderFormError, SenderId};
use wording::api_problem;

use super::{
    super::problem::{self, ProblemError},
    unavailable,
};

/// Returns the sender with the ID in the path if the key has access to it.
async fn find(
    access: &Access,
    key: &ApiKey,
    id: Result<Path<String>, PathRejection>,
) -> Result<Sender, Box<Response>> {
    let id = id.ok().and_then(|Path(id)| SenderId::parse(&id).ok());
    let Some(id) = id else {
        return Err(Box::new(not_found()));
    };
    match access.sender(&id).await {
        Ok(Some(sender)) if is_within(key, &sender.data_center) => Ok(sender),
        Ok(_) => Err(Box::new(not_found())),
        Err(error) => Err(Box::new(unavailable(&error))),
    }
}

/// Returns true if a key is not limited to another data center.
fn is_within(key: &ApiKey, data_center: &DataCenterId) -> bool {
    let only = key.data_center.as_ref();
    only.is_none_or(|only| only == data_center)
}

fn not_found() -> Response {
    problem::answer(StatusCode::NOT_FOUND, api_problem::UNKNOWN_SENDER)
}

/// Returns the error for a sender that was not saved.
fn not_saved(error: &SaveSenderError) -> Response {
    match error {
        SaveSenderError::Form(errors) => {
            let errors = errors.iter().map(|(field, error)| at(field, error));
            problem::with_errors(StatusCode::UNPROCESSABLE_ENTITY, errors.collect())
        }
        SaveSenderError::Access(AccessError::Unknown) => not_found(),
        SaveSenderError::Access(error) => unavailable(error),
    }
}

fn at(field: SenderField, error: SenderFormError) -> ProblemError {
    ProblemError {
        pointer: Some(format!("/{}", field.name())),
        code: error.code().to_owned(),
        detail: wording::sender_form_error(field, error),
        ..ProblemError::default()
    }
}
