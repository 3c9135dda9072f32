//! Why the server did not start.

use std::{net::SocketAddr, path::PathBuf};

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory could not be made.
    #[error("cannot make the data directory {}", path.display())]
    DataDirectory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database could not be opened.
    #[error("cannot open the database")]
    Store(#[from] store::StoreError),
    /// The setup could not begin.
    #[error("cannot look for accounts")]
    Access(#[from] access::AccessError),
    /// The mailer could not be made.
    #[error("cannot set up sending")]
    Mail(#[from] mail::MailError),
    /// The address could not be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}
