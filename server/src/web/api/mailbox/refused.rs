//! Error responses of the mailbox API (RFC 9457).

use axum::{
    http::{StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use domain::mailbox::MailboxProblem;
use mail::{MailError, MailboxError};
use wording::{api_problem, mailbox_problem, request_problem};

use crate::web::{api::unavailable, problem::Problem};

/// Seconds until a client may retry when too many clients read the mailbox.
const BUSY_RETRY_SECONDS: u16 = 5;

/// An error response instead of mail.
pub struct Refused(Box<Response>);

impl Refused {
    fn new(status: StatusCode, detail: &str) -> Self {
        Problem::new(status, detail).into()
    }

    /// Returns the error for an invalid query parameter.
    pub fn field(parameter: &'static str, detail: &str) -> Self {
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
        problem.of_parameter(parameter, "unknown_choice").into()
    }

    /// Returns the error for a data center that does not exist or that the key has no access to.
    pub fn no_data_center() -> Self {
        let problem = Problem::new(
            StatusCode::NOT_FOUND,
            request_problem::UNKNOWN_DATA_CENTER.cause,
        );
        problem
            .of_parameter("data_center", "unknown_data_center")
            .into()
    }

    /// Returns the error for a message that does not exist.
    pub fn no_mail() -> Self {
        Self::new(StatusCode::NOT_FOUND, api_problem::UNKNOWN_MAIL)
    }

    /// Returns the error for an attachment that does not exist.
    pub fn no_attachment() -> Self {
        Self::new(StatusCode::NOT_FOUND, api_problem::UNKNOWN_ATTACHMENT)
    }
}

impl From<MailboxError> for Refused {
    fn from(error: MailboxError) -> Self {
        match error {
            MailboxError::Off => Self::new(StatusCode::CONFLICT, api_problem::MAILBOX_OFF),
            MailboxError::Failed(finding) => {
                let explained = wording::finding_text(&finding);
                let problem = Problem::new(StatusCode::BAD_GATEWAY, &explained);
                problem.of_finding(finding.code).into()
            }
            MailboxError::NoFolder => {
                let problem = Problem::new(
                    StatusCode::NOT_FOUND,
                    mailbox_problem(&MailboxProblem::NoFolder).cause,
                );
                problem.of_parameter("folder", "unknown_choice").into()
            }
            MailboxError::NoMail => Self::no_mail(),
            MailboxError::NoAttachment => Self::no_attachment(),
            MailboxError::Renumbered { uid_validity } => {
                Self::new(StatusCode::GONE, &api_problem::renumbered(uid_validity))
            }
            MailboxError::TooLarge => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                api_problem::MAIL_TOO_LARGE,
            ),
            MailboxError::Busy => {
                let busy = mailbox_problem(&MailboxProblem::Busy).cause;
                let mut refused = Self::new(StatusCode::SERVICE_UNAVAILABLE, busy);
                let headers = refused.0.headers_mut();
                headers.insert(RETRY_AFTER, BUSY_RETRY_SECONDS.into());
                refused
            }
            MailboxError::Mail(MailError::UnknownDataCenter) => Self::no_data_center(),
            MailboxError::Mail(error) => Self(Box::new(unavailable(&error))),
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem.into_response()))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}
