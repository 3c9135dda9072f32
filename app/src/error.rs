//! Error of all server functions. It consists of codes without free text, because without WASM an
//! error is part of a URL.

use domain::{AddressError, DataCenterFormError, DiscoveryFormError, SmtpFormErrors};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};
use wording::{Words, request_problem};

/// Reason why a server function failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiError {
    /// Fields of the settings are invalid.
    Form(SmtpFormErrors),
    /// Fields of the settings, or the recipient of the test email, are invalid.
    Test {
        /// Errors of the settings.
        errors: SmtpFormErrors,
        /// Error of the recipient.
        recipient: Option<AddressError>,
    },
    /// Another administrator saved the settings after the form was opened.
    Conflict {
        /// Saved version.
        version: i64,
    },
    /// A change of a data center was rejected.
    DataCenter(DataCenterFormError),
    /// The email address or issuer to find settings for is invalid.
    Address(DiscoveryFormError),
    /// The data center does not exist.
    UnknownDataCenter,
    /// The saved settings do not use OAuth.
    NotOAuth,
    /// The user is not signed in, or the session has ended.
    SignedOut,
    /// The role of the user does not permit the request.
    Forbidden,
    /// The data center has no saved settings.
    NoSettings,
    /// A saved secret cannot be decrypted with the values it belongs to.
    SecretUnreadable,
    /// The request could not be read.
    BadRequest,
    /// The server failed. Its log contains the cause.
    Unavailable,
    /// The server could not be reached.
    Offline,
}

impl ApiError {
    /// Returns the cause and the fix.
    pub(crate) fn words(&self) -> Words {
        match self {
            Self::Form(_) | Self::Test { .. } => request_problem::FIELDS,
            Self::Conflict { .. } => request_problem::CONFLICT,
            Self::DataCenter(_) => request_problem::DATA_CENTER_REFUSED,
            Self::Address(_) => request_problem::ADDRESS_REFUSED,
            Self::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
            Self::NotOAuth => request_problem::NOT_OAUTH,
            Self::SignedOut => request_problem::SIGNED_OUT,
            Self::Forbidden => request_problem::FORBIDDEN,
            Self::NoSettings => request_problem::NO_SETTINGS,
            Self::SecretUnreadable => request_problem::SECRET_UNREADABLE,
            Self::BadRequest => request_problem::BAD_REQUEST,
            Self::Unavailable => request_problem::UNAVAILABLE,
            Self::Offline => request_problem::OFFLINE,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            // The response is not text, or was truncated.
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
mod conversions {
    use http::StatusCode;
    use mail::{DataCenterError, MailError, SaveError, TestError};

    use super::ApiError;

    impl ApiError {
        /// Returns the matching HTTP status.
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
            tracing::error!(error, "request failed");
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
                    tracing::error!(error, "request failed");
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
