//! Reads the body of a request.

use std::error::Error as _;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use http_body_util::LengthLimitError;

use super::problem::{self, Refused};

/// The format of a submitted message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON with the parts of the message.
    Json,
    /// A complete message (RFC 5322).
    Raw,
}

/// Returns the message format that the `Content-Type` declares.
pub fn format(headers: &HeaderMap) -> Result<Format, Refused> {
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media = media
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    if media.eq_ignore_ascii_case("application/json") {
        Ok(Format::Json)
    } else if media.eq_ignore_ascii_case("message/rfc822") {
        Ok(Format::Raw)
    } else {
        Err(Box::new(problem::answer(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send a message as application/json or message/rfc822.",
        )))
    }
}

/// Reads the whole body. An outer layer limits its size.
pub async fn read(body: Body) -> Result<Bytes, Refused> {
    axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|error| {
            let mut cause = error.source();
            while let Some(found) = cause {
                if found.is::<LengthLimitError>() {
                    let detail = "The request body is too large. The maximum is 25 MB.";
                    return Box::new(problem::answer(StatusCode::PAYLOAD_TOO_LARGE, detail));
                }
                cause = found.source();
            }
            let detail = "The request body ended prematurely.";
            Box::new(problem::answer(StatusCode::BAD_REQUEST, detail))
        })
}
