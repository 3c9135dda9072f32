//! Error responses of the API (RFC 9457).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::{FindingCode, MessageFieldError, ParameterError, paths, untrusted};
use serde::Serialize;
use utoipa::ToSchema;

/// An error response.
pub type Refused = Box<Response>;

/// Prefix of all paths of the API.
const API: &str = paths::api::PREFIX;

/// A problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status identifies the kind of problem.
    r#type: &'static str,
    /// The name of the status.
    title: &'static str,
    /// The status code of the response.
    status: u16,
    /// A description of the problem and its solution.
    detail: String,
    /// Errors in parts of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<ProblemError>,
    /// The code of the finding, if the mail server caused the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<String>,
}

impl Problem {
    /// Returns a problem with this status.
    pub fn new(status: StatusCode, detail: &str) -> Self {
        Self {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: detail.to_owned(),
            errors: Vec::new(),
            finding: None,
        }
    }

    /// Adds an error about a query parameter; the code is also its detail.
    #[must_use]
    pub fn of_parameter(mut self, name: &str, code: &str) -> Self {
        self.errors.push(ProblemError {
            parameter: Some(name.to_owned()),
            code: code.to_owned(),
            detail: self.detail.clone(),
            ..ProblemError::default()
        });
        self
    }

    /// Adds the finding about the mail server.
    #[must_use]
    pub fn of_finding(mut self, code: FindingCode) -> Self {
        self.finding = Some(code.code().to_owned());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response
    }
}

/// An error in one part of a request.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ProblemError {
    /// The location in the message (JSON Pointer, RFC 6901), such as `/to/0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The name of the query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// The name of the request header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<&'static str>,
    /// The code of the error for programs, such as `not_an_address`.
    pub code: String,
    /// The description of the error for people.
    pub detail: String,
    /// The invalid address as submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Maximum length of an invalid address that a response repeats, in characters.
const VALUE_LENGTH: usize = 254;

impl ProblemError {
    /// Returns an error about a location in the message.
    pub fn at(pointer: String, error: MessageFieldError) -> Self {
        Self {
            pointer: Some(pointer),
            code: error.code().to_owned(),
            detail: wording::message_field_error(error).joined(),
            ..Self::default()
        }
    }

    /// Adds the invalid address, converted to one printable line.
    #[must_use]
    pub fn about(mut self, address: Option<&str>) -> Self {
        if let Some(address) = address {
            let address = untrusted::line(address, VALUE_LENGTH);
            self.detail = format!("“{address}”: {}", self.detail);
            self.value = Some(address);
        }
        self
    }

    /// Returns an error about a query parameter.
    pub fn of_parameter(name: &str, error: ParameterError) -> Self {
        Self {
            parameter: Some(name.chars().take(100).collect()),
            ..Self::of(error)
        }
    }

    /// Returns an error about a request header.
    pub fn of_header(name: &'static str, error: ParameterError) -> Self {
        Self {
            header: Some(name),
            ..Self::of(error)
        }
    }

    fn of(error: ParameterError) -> Self {
        Self {
            code: error.code().to_owned(),
            detail: wording::parameter_error(error).joined(),
            ..Self::default()
        }
    }
}

/// The metrics endpoint, which also requires an API key.
const METRICS: &str = paths::Metrics::PATH;

/// Returns true if a path belongs to the API, whose clients authenticate with a key.
pub fn is_for(path: &str) -> bool {
    path == METRICS
        || path
            .strip_prefix(API)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns a response in the format of RFC 9457. Its title is the name of the status (§4.2.1).
pub fn answer(status: StatusCode, detail: &str) -> Response {
    answer_with(status, detail, Vec::new())
}

/// Returns such a response with errors in parts of the request.
pub fn answer_with(status: StatusCode, detail: &str, errors: Vec<ProblemError>) -> Response {
    let problem = Problem::new(status, detail);
    Problem { errors, ..problem }.into_response()
}

/// Returns a response for a request with invalid parts.
pub fn with_errors(status: StatusCode, errors: Vec<ProblemError>) -> Response {
    let detail = match &*errors {
        [one] => one.detail.clone(),
        several => format!("{} parts of the request are invalid.", several.len()),
    };
    answer_with(status, &detail, errors)
}

#[cfg(test)]
mod tests {
    use app::api::ReadGrantStatus;
    use domain::paths;
    use leptos::server_fn::ServerFn as _;

    use super::{API, METRICS, is_for};

    #[test]
    fn is_returned_below_the_api_only() {
        for (path, expected) in [
            (API, true),
            (&format!("{API}/"), true),
            (paths::api::Status::PATH, true),
            (METRICS, true),
            (&format!("{METRICS}/x"), false),
            (&format!("{API}0/status"), false),
            (ReadGrantStatus::PATH, false),
            ("/", false),
        ] {
            assert_eq!(is_for(path), expected, "{path}");
        }
    }
}
