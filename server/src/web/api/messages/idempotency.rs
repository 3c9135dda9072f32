//! Requests that a client may repeat (draft-ietf-httpapi-idempotency-key-header).

use std::fmt::Write as _;

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::{ApiKey, ParameterError};
use mail::Idempotency;
use sha2::{Digest as _, Sha256};

use super::problem::{self, ProblemError, Refused};

/// The name of the header.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Returns the idempotency key, if the request has one, with a fingerprint of the request. `parts`
/// are the inputs that make two requests equal.
pub fn read(
    headers: &HeaderMap,
    key: &ApiKey,
    parts: &[&[u8]],
) -> Result<Option<Idempotency>, Refused> {
    let mut found = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(written) = found.next() else {
        return Ok(None);
    };
    let name = written.to_str().ok().map(unquoted);
    let name = name.filter(|name| {
        let good = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
        (1..=255).contains(&name.len()) && name.bytes().all(good)
    });
    let (Some(name), None) = (name, found.next()) else {
        let error = ProblemError {
            detail: "The idempotency key must have 1 to 255 printable ASCII characters, without spaces, quotes, and backslashes.".into(),
            ..ProblemError::of_header(IDEMPOTENCY_KEY, ParameterError::UnknownChoice)
        };
        return Err(Box::new(problem::with_errors(
            StatusCode::BAD_REQUEST,
            vec![error],
        )));
    };
    Ok(Some(Idempotency {
        owner: key.id.as_str().to_owned(),
        key: name.to_owned(),
        request_hash: hash(parts),
    }))
}

/// Removes quotes. The draft requires a string of RFC 9651 §3.3.3, but many clients omit them.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text)
}

fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Returns the error for a key that another request has used.
pub fn reused() -> Response {
    let detail =
        "This idempotency key was used for a different request. Use a new key for each message.";
    let error = ProblemError {
        header: Some(IDEMPOTENCY_KEY),
        code: "idempotency_key_reused".into(),
        detail: detail.into(),
        ..ProblemError::default()
    };
    problem::answer_with(StatusCode::UNPROCESSABLE_ENTITY, detail, vec![error])
}
