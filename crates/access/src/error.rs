//! The errors of the verbs.

use domain::{FormErrors, access::AccessField};

/// Something that is no fault of what was typed.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] store::StoreError),
    /// There is no such account, session or key.
    #[error("there is no such account, session or key")]
    Unknown,
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    Hash,
    /// Too many passwords wait to be worked on.
    #[error("too many passwords wait to be worked on")]
    Busy,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopped,
}

/// Why a form about access was refused.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// Fields are wrong.
    #[error("the form has errors")]
    Form(FormErrors<AccessField>),
    /// The one-use link has been used, has ended or never was one.
    #[error("the link is not good")]
    Link,
    /// Too many wrong attempts: the next one is looked at after some seconds.
    #[error("too many attempts; wait {seconds} s")]
    SlowDown {
        /// How long to wait.
        seconds: i64,
    },
    /// Another failure.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// Why a sign-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name or the password is wrong; which of them is not told.
    #[error("the user name or the password is wrong")]
    Wrong,
    /// Too many wrong attempts: the next one is looked at after some seconds.
    #[error("too many attempts; wait {seconds} s")]
    SlowDown {
        /// How long to wait.
        seconds: i64,
    },
    /// Another failure.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<store::StoreError> for FormError {
    fn from(error: store::StoreError) -> Self {
        Self::Access(error.into())
    }
}

impl From<store::StoreError> for SignInError {
    fn from(error: store::StoreError) -> Self {
        Self::Access(error.into())
    }
}
