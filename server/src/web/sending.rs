//! `POST /settings/sending`: what applies to the sending of a data center.

use app::{
    ApiError,
    posted::{SendingPosted, SendingRefusal},
};
use axum::{
    Form,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{SendingForm, paths};
use mail::SaveSendingError;

use super::access::{Asked, Read, unreadable};

/// Saves it, or shows the page again with what is wrong.
pub async fn post(asked: Asked, form: Read<SendingForm>) -> Response {
    let form = match form {
        Ok(Form(form)) => form,
        Err(rejection) => return unreadable(&rejection),
    };
    let saved = asked
        .mailer()
        .save_sending_settings(&form, &asked.info.actor);
    let (refused, status) = match saved.await {
        // An id of a data center can stand in a URL as it is.
        Ok(_) => {
            let data_center = &form.data_center;
            let page = format!("{}&saved=1", paths::SendingSettings::of(data_center));
            return Redirect::to(&page).into_response();
        }
        Err(SaveSendingError::Form(errors)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            (SendingRefusal::Fields(errors), status)
        }
        Err(SaveSendingError::Conflict { version }) => {
            (SendingRefusal::Conflict { version }, StatusCode::CONFLICT)
        }
        Err(SaveSendingError::Mail(error)) => {
            let error = ApiError::from(error);
            let status = error.status();
            (SendingRefusal::Other(error), status)
        }
    };
    asked.answer(status, SendingPosted { form, refused }).await
}
