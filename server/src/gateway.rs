//! Wires the gateway for programs that read mail ([`::gateway`]): its listeners and its certificate,
//! which is that of the SMTP server.

use app::smtp_listeners::SmtpListeners;
use std::net::SocketAddr;

use ::gateway::{Limits, Protocol, Readers, Server};
use listener::{ConnectionLimits, TlsConfig};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{AddressLimits, Config},
    smtp::{
        self,
        certificate::{CertificateError, CertificateFiles},
    },
};

/// The reason why programs cannot read mail.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The certificate could not be read or made.
    #[error("cannot use the certificate for the mailbox gateway")]
    Certificate(#[from] CertificateError),
    /// The server could not listen on the address.
    #[error("cannot listen for {} on {address}", .protocol.name())]
    Listen {
        /// The protocol.
        protocol: Protocol,
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: std::io::Error,
    },
}

/// The gateway before it runs.
#[derive(Debug)]
pub struct Gateway {
    imap: Server,
    certificate: CertificateFiles,
    tls: TlsConfig,
}

/// Reads the certificate and binds the listeners. Returns `None` if there are none.
///
/// # Errors
///
/// Returns an error if a listener or the certificate cannot be used.
pub fn open(config: &Config, readers: &Readers) -> Result<Option<Gateway>, GatewayError> {
    let listeners = &config.gateway;
    if listeners.imap.is_empty() {
        return Ok(None);
    }
    let name = smtp::name(&config.smtp);
    let certificate = CertificateFiles::of(config, &name)?;
    let tls = certificate.load(&SmtpListeners::default())?;
    let limits = limits(config.address_limits);
    let server =
        |protocol| Server::new(protocol, name.clone(), readers.clone(), tls.clone(), limits);
    let mut imap = server(Protocol::Imap);
    for listener in &listeners.imap {
        let protocol = Protocol::Imap;
        let address = imap.bind(listener.clone());
        let address = address.map_err(|source| GatewayError::Listen {
            protocol,
            address: listener.address,
            source,
        })?;
        let (protocol, mode) = (protocol.name(), listener.mode.name());
        tracing::info!(listener = %address, protocol, mode, "programs may read mail");
    }
    Ok(Some(Gateway {
        imap,
        certificate,
        tls,
    }))
}

fn limits(of_address: AddressLimits) -> Limits {
    let limits = Limits::default();
    Limits {
        connections: ConnectionLimits {
            per_address: of_address.connections,
            ..limits.connections
        },
        ..limits
    }
}

impl Gateway {
    /// Serves until the stop signal, then until each session has ended. Reloads the certificate
    /// when its files change.
    pub async fn run(self, stopping: CancellationToken) {
        // The page about senders shows what the SMTP server has loaded.
        let shown = SmtpListeners::default();
        tokio::select! {
            () = self.imap.run(stopping) => {}
            () = self.certificate.keep_current(self.tls, &shown) => {}
        }
    }
}
