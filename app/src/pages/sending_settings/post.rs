//! Saves the sending settings of a data center.

use domain::{SendingField, SendingForm};
use http::StatusCode;
use mail::SaveSendingError;

use crate::{
    error::ApiError,
    form::{
        FormId, FormResult, SendingProblem,
        post::{PostRequest, PostResponse},
    },
    paths,
};

/// Saves the form, or shows the page again with the errors.
pub async fn post(request: PostRequest, form: SendingForm) -> PostResponse {
    let (mailer, by) = (&request.mailer, request.actor());
    let Err(error) = mailer.outbox.save_settings(&form, by).await else {
        let page = paths::SendingSettings::of(&form.data_center);
        return PostResponse::Redirect([&*page, "&saved=1"].concat());
    };
    let mut result = FormResult::new(FormId::ONLY)
        .of_row(&form.data_center)
        .with([("version", &*form.version.to_string())])
        .with(
            SendingField::ALL
                .iter()
                .map(|field| (field.name(), form.text(*field))),
        );
    let status = match error {
        SaveSendingError::Form(errors) => {
            result.errors = errors;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        SaveSendingError::Conflict { version } => {
            result.problem = Some(SendingProblem::Conflict { version });
            StatusCode::CONFLICT
        }
        SaveSendingError::Mail(error) => {
            let error = ApiError::from(error);
            let status = error.status();
            result.problem = Some(SendingProblem::Other(error));
            status
        }
    };
    PostResponse::page(status, result)
}
