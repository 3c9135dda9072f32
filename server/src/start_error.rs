//! Errors that prevent the server from starting.

use std::{net::SocketAddr, path::PathBuf};

use crate::smtp::CertificateError;

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
    /// The certificate for SMTP could not be read or made.
    #[error("cannot use the certificate for SMTP")]
    SmtpCertificate(#[from] CertificateError),
    /// The server could not listen on the address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
}
