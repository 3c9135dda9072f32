//! How the API tells what went wrong (RFC 9457).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::{FieldError, FindingCode, paths, untrusted};
use serde::Serialize;
use utoipa::ToSchema;

/// An answer in place of the one that was asked for.
pub type Refused = Box<Response>;

/// All paths of the API.
const API: &str = paths::api::PREFIX;

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status says what kind of problem it is.
    r#type: &'static str,
    /// The name of the status.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is the matter, and what to do.
    detail: String,
    /// What is wrong with which part of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<ProblemError>,
    /// The code of the finding, when it is the mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<String>,
}

impl Problem {
    /// One of this status.
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

    /// With what is wrong with a parameter of the query: the same, by its code.
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

    /// With what the mail server has.
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

/// What is wrong with one part of a request.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ProblemError {
    /// Where in the message (RFC 6901), such as `/to/0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Which parameter of the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Which header of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<&'static str>,
    /// What is wrong, for programs: such as `not_an_address`.
    pub code: String,
    /// What is wrong, for people.
    pub detail: String,
    /// The address that is wrong, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Characters of a wrong address that are repeated in an answer.
const VALUE_LENGTH: usize = 254;

impl ProblemError {
    /// Something wrong in the message.
    pub fn at(pointer: String, error: FieldError) -> Self {
        Self {
            pointer: Some(pointer),
            ..Self::of(error)
        }
    }

    /// Names the address that is wrong, on one line and fit to be displayed.
    #[must_use]
    pub fn about(mut self, address: Option<&str>) -> Self {
        if let Some(address) = address {
            let address = untrusted::line(address, VALUE_LENGTH);
            self.detail = format!("“{address}”: {}", self.detail);
            self.value = Some(address);
        }
        self
    }

    /// A parameter of the query that is wrong.
    pub fn of_parameter(name: &str, error: FieldError) -> Self {
        Self {
            parameter: Some(name.chars().take(100).collect()),
            ..Self::of(error)
        }
    }

    /// A header of the request that is wrong.
    pub fn of_header(name: &'static str, error: FieldError) -> Self {
        Self {
            header: Some(name),
            ..Self::of(error)
        }
    }

    fn of(error: FieldError) -> Self {
        Self {
            code: error.code().to_owned(),
            detail: wording::message_field_error(error).joined(),
            ..Self::default()
        }
    }
}

/// For Prometheus, which shows a key as well.
const METRICS: &str = paths::Metrics::PATH;

/// Whether a path belongs to the API: programs ask for it, with a key.
pub fn is_for(path: &str) -> bool {
    path == METRICS
        || path
            .strip_prefix(API)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An answer in the format of RFC 9457; the title is that of the status (§4.2.1).
pub fn answer(status: StatusCode, detail: &str) -> Response {
    answer_with(status, detail, Vec::new())
}

/// The same with what is wrong with which part of the request.
pub fn answer_with(status: StatusCode, detail: &str, errors: Vec<ProblemError>) -> Response {
    let problem = Problem::new(status, detail);
    Problem { errors, ..problem }.into_response()
}

/// Parts of the request are wrong.
pub fn wrong(status: StatusCode, errors: Vec<ProblemError>) -> Response {
    let detail = match &*errors {
        [one] => one.detail.clone(),
        several => format!("{} parts of the request are wrong.", several.len()),
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
    fn is_told_below_the_api_and_nowhere_else() {
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
