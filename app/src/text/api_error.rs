//! Errors of server functions that belong to no field.

use super::{Words, words};
use crate::error::ApiError;

/// The words of an error.
pub fn api_error(error: &ApiError) -> Words {
    match error {
        ApiError::Form(_) | ApiError::Test { .. } => words(
            "Some fields need another value.",
            "Correct the fields named below.",
        ),
        ApiError::Conflict { .. } => words(
            "Somebody else saved these settings meanwhile.",
            "What you typed is still here. Look at theirs first, or save yours over them.",
        ),
        ApiError::DataCenter(_) => words(
            "The data center was not changed.",
            "See the message at its field.",
        ),
        ApiError::Address(_) => words(
            "This is neither an email address nor the URL of an issuer.",
            "Type mail@example.com, or https://login.example.com.",
        ),
        ApiError::UnknownDataCenter => words(
            "There is no such data center.",
            "It may have been removed. Choose another one.",
        ),
        ApiError::NotOAuth => words(
            "The saved settings do not use OAuth, so there is nothing to authorize.",
            "Choose OAuth as the authentication type and save.",
        ),
        ApiError::SignedOut => words(
            "Your session has ended.",
            "Sign in again in a new tab, then come back and repeat this. What you typed is still here.",
        ),
        ApiError::Forbidden => words(
            "Your role does not allow this.",
            "Ask an administrator to do it, or to give your account another role.",
        ),
        ApiError::NoSettings => words(
            "Nothing is saved for this data center yet.",
            "An administrator has to fill in its settings first.",
        ),
        ApiError::SecretUnreadable => words(
            "A saved secret cannot be read: it or a value beside it was changed outside of Mailgrant.",
            "Check all values, type the secrets again, and save.",
        ),
        ApiError::BadRequest => words(
            "The request could not be read.",
            "Reload the page and try again.",
        ),
        ApiError::Unavailable => words(
            "Mailgrant cannot do this at the moment.",
            "Try again in a minute. If it stays like this, the log of the server says why.",
        ),
        ApiError::Offline => words(
            "Mailgrant was not reached.",
            "Check that the server runs and that this machine is online, then try again. \
             What you typed is still here.",
        ),
    }
}
