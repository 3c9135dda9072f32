//! Errors of the mailer's operations.

use domain::{AddressError, DataCenterFormError, Finding, FindingCode, SmtpFormErrors, TextError};

/// A failure that the submitted values do not cause.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The database failed.
    #[error("the database failed")]
    Store(#[source] store::StoreError),
    /// A saved secret cannot be decrypted with the values it belongs to, because one of them was
    /// changed in the database.
    #[error("a saved secret cannot be decrypted; check the settings and enter it again")]
    SecretUnreadable(#[source] store::StoreError),
    /// There is no such data center.
    #[error("the data center does not exist")]
    UnknownDataCenter,
    /// There is no such authorization.
    #[error("the authorization does not exist")]
    UnknownAuthorization,
    /// The settings of the data center do not use OAuth, or there are none.
    #[error("the settings do not use OAuth")]
    NotOAuth,
    /// An endpoint URL of the settings cannot be used for a request.
    #[error("an endpoint URL of the settings cannot be used")]
    UnusableEndpoint,
    /// No settings are saved for the data center.
    #[error("the data center has no settings")]
    NoSettings,
    /// No mailbox is set up for the data center.
    #[error("the data center has no mailbox")]
    NoMailbox,
    /// TLS could not be set up with the certificates of this machine.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// New mail is refused while the server has this condition.
    #[error("new mail is refused because of the condition {}", .0.code())]
    MailRefused(domain::AlertKind),
    /// Too many checks are running.
    #[error("too many checks are running")]
    TooManyChecks,
    /// The server is stopping.
    #[error("the server is stopping")]
    Stopped,
    /// The HTTP client could not be created.
    #[error("cannot create the HTTP client")]
    Http(#[from] reqwest::Error),
}

impl From<store::StoreError> for MailError {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Unsealable { .. } => Self::SecretUnreadable(error),
            error => Self::Store(error),
        }
    }
}

/// The reason why an operation with a provider failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A problem that an administrator or the provider can fix.
    Found(Finding),
    /// A failure of Mailgrant itself.
    Internal(MailError),
}

impl From<Finding> for Failure {
    fn from(finding: Finding) -> Self {
        Self::Found(finding)
    }
}

impl From<FindingCode> for Failure {
    fn from(code: FindingCode) -> Self {
        Self::Found(code.into())
    }
}

impl From<MailError> for Failure {
    fn from(error: MailError) -> Self {
        Self::Internal(error)
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Self {
        Self::Internal(error.into())
    }
}

/// Returns the secret. One that cannot be decrypted becomes a finding.
pub(crate) fn readable<T>(read: Result<T, store::StoreError>) -> Result<T, Failure> {
    match read.map_err(MailError::from) {
        Ok(read) => Ok(read),
        Err(MailError::SecretUnreadable(error)) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "saved secret cannot be decrypted");
            Err(FindingCode::SecretUnreadable.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns the secret. One that cannot be decrypted counts as missing.
pub(crate) fn readable_or_missing<T>(
    read: Result<Option<T>, store::StoreError>,
) -> Result<Option<T>, MailError> {
    match readable(read) {
        Ok(read) => Ok(read),
        Err(Failure::Found(_)) => Ok(None),
        Err(Failure::Internal(error)) => Err(error),
    }
}

/// The reason why settings were not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Some fields are invalid.
    #[error("some fields are invalid")]
    Form(SmtpFormErrors),
    /// Another user has saved since the form was opened.
    #[error("another user saved version {version}")]
    Conflict {
        /// The current version.
        version: i64,
    },
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// The reason why a test email was not sent.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// Some fields are invalid. The recipient is separate, because it is not part of the settings.
    #[error("some fields are invalid")]
    Form {
        /// Errors of the settings.
        errors: SmtpFormErrors,
        /// Error of the recipient.
        recipient: Option<AddressError>,
    },
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// The reason why a data center was not added, renamed, or removed.
#[derive(Debug, thiserror::Error)]
pub enum DataCenterError {
    /// The name is invalid or already used, or the data center cannot be changed.
    #[error("the data center was not changed")]
    Refused(DataCenterFormError),
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl From<TextError> for DataCenterError {
    fn from(error: TextError) -> Self {
        Self::Refused(error.into())
    }
}
