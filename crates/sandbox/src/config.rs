//! Configuration of a sandbox, and errors at its start.

use std::path::PathBuf;

/// Ports and files of a sandbox. By default, the system chooses every port.
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
    /// File that the certificate of the sandbox's authority is written to, as PEM.
    pub ca_file: Option<PathBuf>,
}

/// Reason why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is in use or not allowed.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// Configured port.
        port: u16,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// A certificate could not be created.
    #[error("cannot create a certificate")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library rejected the certificate.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// The certificate file could not be written.
    #[error("cannot write {}", path.display())]
    WriteCertificate {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
}
