//! Errors that prevent the server from starting.

use std::{net::SocketAddr, path::PathBuf};

use crate::{gateway::GatewayError, smtp::SmtpError};

/// An error that prevents the server from starting.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory could not be created.
    #[error("cannot create the data directory {}", path.display())]
    DataDirectory {
        /// The path of the directory.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The database could not be opened.
    #[error("cannot open the database")]
    Store(#[from] store::StoreError),
    /// The first setup could not be prepared.
    #[error("cannot read the accounts")]
    Access(#[from] access::AccessError),
    /// The mailer could not be built.
    #[error("cannot set up mail delivery")]
    Mail(#[from] mail::MailError),
    /// Mail cannot be accepted over SMTP.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// Programs cannot read mail.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The server could not listen on the address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
}
