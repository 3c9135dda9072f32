//! Limits the size of request bodies.

use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http_body_util::Limited;

use super::problem;

/// Bytes. The largest form has some tens of kilobytes.
const MAX_BODY: usize = 1_048_576;
/// Bytes, for submitted messages.
pub const MAX_API_BODY: usize = 25 * 1_048_576;
const TOO_LARGE: &str = "The request body is too large.";

/// Rejects a body with a larger `Content-Length` with 413, and cuts off one that turns out to be
/// larger.
pub async fn limit(request: Request, next: Next) -> Response {
    let is_api = problem::is_for(request.uri().path());
    let limit_bytes = if is_api { MAX_API_BODY } else { MAX_BODY };
    if request.body().size_hint().lower() > limit_bytes as u64 {
        return if is_api {
            problem::answer(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE)
        } else {
            (StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE).into_response()
        };
    }
    next.run(request.map(|body| Body::new(Limited::new(body, limit_bytes))))
        .await
}
