//! What can be wrong with the settings of `mailgrant send` and with its spool.

use std::{io, path::PathBuf};

use mail::{MailError, RemoteError};

/// The settings of `mailgrant send` are wrong.
#[derive(Debug, thiserror::Error)]
pub enum SendSettingsError {
    /// The file cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file is no TOML, or has other settings.
    #[error("{}: {cause}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: Box<figment::Error>,
    },
    /// A value is not valid.
    #[error("{name} in {} is not valid", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The setting.
        name: &'static str,
    },
    /// There is no API key.
    #[error(
        "cannot read the API key in {shown}: {cause}; \"mailgrant api-key add NAME --output {shown}\" makes one",
        shown = path.display()
    )]
    NoKey {
        /// The file that should hold it.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file of the key holds something else.
    #[error("{} does not hold exactly one API key", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// The file of certificates holds something else.
    #[error("{} does not hold certificates in PEM", path.display())]
    NoCertificates {
        /// The file.
        path: PathBuf,
    },
    /// The spool would depend on the working directory.
    #[error("the spool {} is not an absolute path", path.display())]
    RelativeSpool {
        /// The spool.
        path: PathBuf,
    },
}

/// A spool was not handed over to its end; what is left of it stays.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SendSettingsError),
    /// The spool cannot be read.
    #[error("cannot read the spool {}: {cause}", path.display())]
    Unreadable {
        /// The spool.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// TLS or the HTTP client cannot be set up.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The server does not take this message, nor would it the others.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}
