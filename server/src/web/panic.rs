//! A panic ends one request, not the connection.

use std::any::Any;

use axum::{
    body::Body,
    http::{Response, StatusCode},
    response::{Html, IntoResponse as _},
};

/// The page in place of the answer. The panic itself goes to the log, by the hook of the process.
pub fn page(_panic: Box<dyn Any + Send>) -> Response<Body> {
    tracing::error!("a request was ended by a panic");
    let page = "<!DOCTYPE html><html lang=\"en\"><title>Error – Mailgrant</title>\
        <h1>Something went wrong</h1>\
        <p>Mailgrant could not answer this request. Nothing was changed half-way; the log says more.</p>\
        <p><a href=\"/settings/smtp\">Back to the settings</a></p></html>";
    (StatusCode::INTERNAL_SERVER_ERROR, Html(page)).into_response()
}
