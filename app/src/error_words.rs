//! Texts of the errors of server functions.

use wording::{Words, request_problem};

use crate::error::ApiError;

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
