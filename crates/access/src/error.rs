//! Errors of this crate.

use domain::{FormErrors, access::AccessField};

/// Failure that is not caused by the input.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The database failed.
    #[error("the database failed")]
    Store(#[from] store::StoreError),
    /// The account, session, key, or sender does not exist.
    #[error("the account, session, key, or sender does not exist")]
    Unknown,
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    Hash,
    /// Too many passwords are waiting to be hashed.
    #[error("too many passwords are waiting to be hashed")]
    Busy,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopped,
}

/// Reason why a form about access was rejected. `E` is the error of its fields.
#[derive(Debug, thiserror::Error)]
pub enum FormError<E> {
    /// Some fields are invalid.
    #[error("some fields are invalid")]
    Form(FormErrors<AccessField, E>),
    /// The one-use link was used, has expired, or never existed.
    #[error("the link is not valid")]
    Link,
    /// There were too many failed attempts.
    #[error("too many attempts; wait {seconds} s")]
    SlowDown {
        /// Seconds until the next attempt is accepted.
        seconds: i64,
    },
    /// Another failure.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// Reason why a sign-in was rejected.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The user name or the password is wrong. The client does not learn which one.
    #[error("the user name or the password is wrong")]
    Wrong,
    /// There were too many failed attempts.
    #[error("too many attempts; wait {seconds} s")]
    SlowDown {
        /// Seconds until the next attempt is accepted.
        seconds: i64,
    },
    /// Another failure.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl<E> FormError<E> {
    /// Converts the errors of the fields.
    pub fn map<T>(self, convert: impl Fn(E) -> T) -> FormError<T>
    where
        E: Copy,
    {
        match self {
            Self::Form(errors) => FormError::Form(errors.map(convert)),
            Self::Link => FormError::Link,
            Self::SlowDown { seconds } => FormError::SlowDown { seconds },
            Self::Access(error) => FormError::Access(error),
        }
    }
}

impl<E> From<store::StoreError> for FormError<E> {
    fn from(error: store::StoreError) -> Self {
        Self::Access(error.into())
    }
}

impl From<store::StoreError> for SignInError {
    fn from(error: store::StoreError) -> Self {
        Self::Access(error.into())
    }
}
