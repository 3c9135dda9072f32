//! What a sandbox is started with, and why it may not start.

use std::path::PathBuf;

/// Where a sandbox listens. The default leaves every port to the system.
#[derive(Debug, Clone, Default)]
pub struct SandboxConfig {
    /// Port of the pages and of OAuth; 0 lets the system choose.
    pub http_port: u16,
    /// Port of SMTP with STARTTLS; 0 lets the system choose.
    pub smtp_starttls_port: u16,
    /// Port of SMTP with implicit TLS; 0 lets the system choose.
    pub smtp_tls_port: u16,
    /// Port of IMAP with STARTTLS; 0 lets the system choose.
    pub imap_starttls_port: u16,
    /// Port of IMAP with implicit TLS; 0 lets the system choose.
    pub imap_tls_port: u16,
    /// Port of DNS, over UDP and TCP; 0 lets the system choose.
    pub dns_port: u16,
    /// Redirect URLs registered for the client, compared byte for byte. Empty accepts every
    /// loopback URL with the path `/oauth/callback`.
    pub redirect_urls: Vec<String>,
    /// Where the certificate of the sandbox's authority is written, as PEM.
    pub ca_file: Option<PathBuf>,
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or not allowed.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library did not take the certificate.
    #[error("cannot set TLS up")]
    Tls(#[from] rustls::Error),
    /// The certificate file could not be written.
    #[error("cannot write {}", path.display())]
    WriteCertificate {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
