//! Errors of the `mailgrant send` settings and its spool.

use std::{io, path::PathBuf};

use mail::{MailError, RemoteError};

/// An error in the settings of `mailgrant send`.
#[derive(Debug, thiserror::Error)]
pub enum SendSettingsError {
    /// The settings file cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// The path of the settings file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The file is not TOML or contains unknown settings.
    #[error("{}: {cause}", path.display())]
    Malformed {
        /// The path of the settings file.
        path: PathBuf,
        /// The error of the parser.
        cause: Box<figment::Error>,
    },
    /// A value is not valid.
    #[error("{name} in {} is not valid", path.display())]
    Invalid {
        /// The path of the settings file.
        path: PathBuf,
        /// The name of the setting.
        name: &'static str,
    },
    /// The API key cannot be read.
    #[error(
        "cannot read the API key in {shown}: {cause}; \"mailgrant api-key add NAME --output {shown}\" creates one",
        shown = path.display()
    )]
    NoKey {
        /// The path of the key file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The key file does not contain an API key.
    #[error("{} does not contain exactly one API key", path.display())]
    NotAKey {
        /// The path of the key file.
        path: PathBuf,
    },
    /// The certificate file contains no certificates.
    #[error("{} does not contain PEM certificates", path.display())]
    NoCertificates {
        /// The path of the certificate file.
        path: PathBuf,
    },
    /// The spool path is relative, so it would depend on the working directory.
    #[error("the spool {} is not an absolute path", path.display())]
    RelativeSpool {
        /// The configured path.
        path: PathBuf,
    },
}

/// The reason that not all messages of a spool could be submitted. The rest stays in the spool.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The settings are not valid.
    #[error(transparent)]
    Settings(#[from] SendSettingsError),
    /// The spool directory cannot be read.
    #[error("cannot read the spool {}: {cause}", path.display())]
    Unreadable {
        /// The path of the spool.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// TLS or the HTTP client cannot be set up.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The server rejects this message for a reason that applies to all others as well.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}
