//! Why a program gets no mail (RFC 9457).

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use mail::{MailError, MailboxError};
use serde_json::json;

/// A problem.
pub struct Refused {
    status: StatusCode,
    detail: String,
    /// The parameter of the query that is at fault.
    parameter: Option<&'static str>,
    /// The code of a finding.
    finding: Option<String>,
    /// Seconds.
    retry_after: Option<&'static str>,
}

impl Refused {
    fn new(status: StatusCode, detail: &str) -> Self {
        Self {
            status,
            detail: detail.to_owned(),
            parameter: None,
            finding: None,
            retry_after: None,
        }
    }

    /// A parameter of the query is wrong.
    pub fn field(parameter: &'static str, detail: &str) -> Self {
        Self {
            parameter: Some(parameter),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
    }

    /// There is no such data center, or none that the key is for.
    pub fn no_data_center() -> Self {
        Self {
            parameter: Some("data_center"),
            ..Self::new(StatusCode::NOT_FOUND, "There is no such data center.")
        }
    }

    /// There is no such mail.
    pub fn no_mail() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "There is no such message in this folder.",
        )
    }

    /// There is no such attachment.
    pub fn no_attachment() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "The message has no attachment with this number.",
        )
    }
}

impl From<MailboxError> for Refused {
    fn from(error: MailboxError) -> Self {
        match error {
            MailboxError::Off => Self::new(
                StatusCode::CONFLICT,
                "The email box of this data center is off.",
            ),
            MailboxError::Failed(finding) => {
                let explained = app::finding_told(&finding);
                Self {
                    finding: Some(finding.code.as_str()),
                    ..Self::new(StatusCode::BAD_GATEWAY, &explained)
                }
            }
            MailboxError::NoFolder => Self {
                parameter: Some("folder"),
                ..Self::new(StatusCode::NOT_FOUND, "There is no such folder.")
            },
            MailboxError::NoMail => Self::no_mail(),
            MailboxError::NoAttachment => Self::no_attachment(),
            MailboxError::Renumbered { uid_validity } => Self::new(
                StatusCode::GONE,
                &format!(
                    "The server has numbered this folder anew: its UIDVALIDITY is {uid_validity}. Begin again \
                     without before and after."
                ),
            ),
            MailboxError::TooLarge => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "The message is larger than is read here.",
            ),
            MailboxError::Busy => Self {
                retry_after: Some("5"),
                ..Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Too many are reading this mailbox at the moment.",
                )
            },
            MailboxError::Mail(MailError::UnknownDataCenter) => Self::no_data_center(),
            MailboxError::Mail(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "a program could not be given mail");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "Mailgrant cannot answer at the moment; its log says why.",
                )
            }
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut problem = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(parameter) = self.parameter {
            problem["errors"] = json!([{ "parameter": parameter, "code": code_of(parameter), "detail": self.detail }]);
        }
        if let Some(finding) = self.finding {
            problem["finding"] = finding.into();
        }
        let mut response = (self.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }
}

/// What is wrong with a parameter, for programs.
fn code_of(parameter: &str) -> &'static str {
    match parameter {
        "data_center" => "unknown_data_center",
        _ => "unknown_choice",
    }
}
