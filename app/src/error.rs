//! The one error of server functions: codes without free text, since without WASM an error can
//! travel in a URL.

use domain::{FieldError, FormErrors, SmtpField};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// Why a server function did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiError {
    /// Fields of the settings are wrong.
    Form(FormErrors<SmtpField>),
    /// Fields of the settings, or the recipient of the test email, are wrong.
    Test {
        /// Errors of the settings.
        errors: FormErrors<SmtpField>,
        /// Error of the recipient.
        recipient: Option<FieldError>,
    },
    /// Somebody else has saved since the form was opened.
    Conflict {
        /// The version that is saved now.
        version: i64,
    },
    /// The name of a data center, or the data center itself, was refused.
    DataCenter(FieldError),
    /// An email address or an issuer that settings were asked for was refused.
    Address(FieldError),
    /// There is no such data center.
    UnknownDataCenter,
    /// The saved settings do not use OAuth.
    NotOAuth,
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// The role of the account does not allow it.
    Forbidden,
    /// Nothing is saved for the data center.
    NoSettings,
    /// A saved secret does not open beside the values it belongs to.
    SecretUnreadable,
    /// The request could not be read.
    BadRequest,
    /// The server cannot do it at the moment; its log says why.
    Unavailable,
    /// The server was not reached.
    Offline,
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            // A body that is no text, or that was cut.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Deserialization(_) => Self::BadRequest,
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::BadRequest,
            _ => Self::Unavailable,
        }
    }
}

#[cfg(feature = "ssr")]
mod of_verbs {
    use http::StatusCode;
    use mail::{DataCenterError, MailError, SaveError, TestError};

    use super::ApiError;

    impl ApiError {
        /// The HTTP status that says the same.
        pub fn status(&self) -> StatusCode {
            match self {
                Self::Form(_) | Self::Test { .. } | Self::DataCenter(_) | Self::Address(_) => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                Self::SignedOut => StatusCode::UNAUTHORIZED,
                Self::Forbidden => StatusCode::FORBIDDEN,
                Self::Conflict { .. }
                | Self::NotOAuth
                | Self::NoSettings
                | Self::SecretUnreadable => StatusCode::CONFLICT,
                Self::UnknownDataCenter => StatusCode::NOT_FOUND,
                Self::BadRequest => StatusCode::BAD_REQUEST,
                Self::Unavailable | Self::Offline => StatusCode::SERVICE_UNAVAILABLE,
            }
        }
    }

    impl From<access::AccessError> for ApiError {
        fn from(error: access::AccessError) -> Self {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "a page could not be served");
            Self::Unavailable
        }
    }

    impl From<MailError> for ApiError {
        fn from(error: MailError) -> Self {
            match error {
                MailError::UnknownDataCenter => Self::UnknownDataCenter,
                MailError::NotOAuth => Self::NotOAuth,
                MailError::NoSettings => Self::NoSettings,
                MailError::SecretUnreadable(_) => Self::SecretUnreadable,
                error => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "a page could not be served");
                    Self::Unavailable
                }
            }
        }
    }

    impl From<SaveError> for ApiError {
        fn from(error: SaveError) -> Self {
            match error {
                SaveError::Form(errors) => Self::Form(errors),
                SaveError::Conflict { version } => Self::Conflict { version },
                SaveError::Mail(error) => error.into(),
            }
        }
    }

    impl From<TestError> for ApiError {
        fn from(error: TestError) -> Self {
            match error {
                TestError::Form { errors, recipient } => Self::Test { errors, recipient },
                TestError::Mail(error) => error.into(),
            }
        }
    }

    impl From<DataCenterError> for ApiError {
        fn from(error: DataCenterError) -> Self {
            match error {
                DataCenterError::Refused(error) => Self::DataCenter(error),
                DataCenterError::Mail(error) => error.into(),
            }
        }
    }
}
