//! Checks on server functions that Leptos lacks: the accepted media types, and the status of
//! errors.

use app::ApiError;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, Method, StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

const FORM: &str = "application/x-www-form-urlencoded";
/// Leptos marks error responses with this header.
const FAILED: HeaderName = HeaderName::from_static("serverfnerror");
/// Maximum size of an error in bytes; errors consist of codes.
const MAX_BODY: usize = 65_536;

/// Rejects bodies that are not forms with 415, then sets the status that matches the error.
pub async fn guard(request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_form(request.headers()) {
        let reported = "Only forms are accepted here.\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, reported).into_response();
    }
    let response = next.run(request).await;
    // Other statuses were set on purpose, and a redirect is for a browser without WASM.
    let is_unsaid = response.status() == StatusCode::INTERNAL_SERVER_ERROR;
    if is_unsaid && response.headers().contains_key(FAILED) {
        return with_status(response).await;
    }
    response
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM))
}

/// Returns the response with the status of the error in its body.
async fn with_status(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(error) = serde_json::from_slice::<ApiError>(&body) {
        head.status = error.status();
    }
    Response::from_parts(head, Body::from(body))
}
