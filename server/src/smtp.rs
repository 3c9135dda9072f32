//! Wires the SMTP server ([`submission`]): its listeners, its name, and its certificate.

mod certificate;
mod service;

use std::net::SocketAddr;

use submission::{Intake, Server, TlsConfig};

use crate::config::{AddressLimits, Config, SmtpConfig};
use certificate::{CertificateError, CertificateFiles};

pub use service::{configured_service, service};

/// The reason why mail cannot be accepted over SMTP.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The certificate could not be read or made.
    #[error("cannot use the certificate for SMTP")]
    Certificate(#[from] CertificateError),
    /// The server could not listen on the address.
    #[error("cannot listen for SMTP on {address}")]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
}

/// The SMTP server before it runs.
#[derive(Debug)]
pub struct Smtp {
    server: Server,
    /// The addresses of the listeners.
    pub addresses: Vec<SocketAddr>,
    certificate: CertificateFiles,
    tls: TlsConfig,
}

/// Reads the certificate and binds the listeners. Returns `None` if there are none.
///
/// # Errors
///
/// Returns an error if a configured listener or certificate cannot be used. The default listener is
/// left out with a warning then, because nobody has asked for it.
pub async fn open(config: &Config, intake: Intake) -> Result<Option<Smtp>, SmtpError> {
    if config.smtp.listeners.is_empty() {
        return Ok(None);
    }
    match bind(config, intake).await {
        Ok(smtp) => Ok(Some(smtp)),
        Err(error) if config.smtp.is_default => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(
                error,
                "no mail is accepted over SMTP; choose another port with smtp_listeners, or turn it off"
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn bind(config: &Config, intake: Intake) -> Result<Smtp, SmtpError> {
    let name = name(&config.smtp);
    let certificate = CertificateFiles::of(config, &name)?;
    let tls = certificate.load()?;
    let limits = limits(config.address_limits);
    let mut server = Server::new(name, intake, tls.clone(), limits);
    let mut addresses = Vec::new();
    for listener in &config.smtp.listeners {
        let address = server.bind(listener.clone()).await;
        let address = address.map_err(|source| SmtpError::Listen {
            address: listener.address,
            source,
        })?;
        tracing::info!(listener = %address, mode = listener.mode.name(), "accepting mail over SMTP");
        addresses.push(address);
    }
    Ok(Smtp {
        server,
        addresses,
        certificate,
        tls,
    })
}

fn limits(of_address: AddressLimits) -> submission::Limits {
    submission::Limits {
        per_address: of_address.connections,
        ..submission::Limits::default()
    }
}

/// Returns the configured name, or that of the machine.
fn name(config: &SmtpConfig) -> String {
    if let Some(name) = &config.name {
        return name.to_string();
    }
    let system = rustix::system::uname();
    let name = system.nodename().to_string_lossy();
    domain::Host::parse(&name).map_or_else(|_| "localhost".to_owned(), |host| host.to_string())
}

impl Smtp {
    /// Serves until the stop signal, then until each session has ended. Reloads the certificate
    /// when its files change.
    pub async fn run(self, stopping: tokio_util::sync::CancellationToken) {
        let Self {
            server,
            certificate,
            tls,
            ..
        } = self;
        tokio::select! {
            () = server.run(stopping) => {}
            () = certificate.keep_current(tls) => {}
        }
    }
}
