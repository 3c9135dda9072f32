//! How the API tells what went wrong (RFC 9457).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;

/// All paths of the API.
const API: &str = "/api/v1";

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
}

/// For Prometheus, which shows a key as well.
const METRICS: &str = "/metrics";

/// Whether a path belongs to the API: programs ask for it, with a key.
pub fn is_for(path: &str) -> bool {
    path == METRICS
        || path
            .strip_prefix(API)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An answer in the format of RFC 9457; the title is that of the status (§4.2.1).
pub fn answer(status: StatusCode, detail: &str) -> Response {
    let problem = Problem {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        detail,
    };
    let mut response = (status, Json(problem)).into_response();
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::is_for;

    #[test]
    fn is_told_below_the_api_and_nowhere_else() {
        for (path, expected) in [
            ("/api/v1", true),
            ("/api/v1/", true),
            ("/api/v1/status", true),
            ("/metrics", true),
            ("/metrics/x", false),
            ("/api/v10/status", false),
            ("/api/grant_status", false),
            ("/", false),
        ] {
            assert_eq!(is_for(path), expected, "{path}");
        }
    }
}
