//! Describes for pages and commands where programs and devices reach the SMTP server.

use std::net::SocketAddr;

use domain::{Network, Security, SubmissionListener, SubmissionService};
use submission::Mode;

use super::{certificate::CERTIFICATE, name};
use crate::config::{Config, PublicUrl};

/// Returns the description of a server that listens on these addresses, in the order of the
/// configuration. Listeners without an address are not running.
pub fn service(config: &Config, addresses: &[SocketAddr]) -> SubmissionService {
    let listeners = config.smtp.listeners.iter().zip(addresses);
    let listeners = listeners.map(|(listener, address)| SubmissionListener {
        address: *address,
        security: match listener.mode {
            Mode::StartTls => Security::StartTls,
            Mode::Tls => Security::ImplicitTls,
            Mode::Plain => Security::Plaintext,
        },
        networks: listener
            .networks
            .iter()
            .filter_map(|network| Network::parse(&network.to_string()).ok())
            .collect(),
    });
    let own_name = name(&config.smtp);
    let certificate = config.data_directory.join(CERTIFICATE);
    let is_configured = config.smtp.certificate.is_some();
    SubmissionService {
        host: reachable_name(config).unwrap_or_else(|| own_name.clone()),
        listeners: listeners.collect(),
        own_certificate: (!is_configured).then(|| (own_name, certificate.display().to_string())),
    }
}

/// Returns the description of the configured server, which may not be running.
pub fn configured_service(config: &Config) -> SubmissionService {
    let listeners = config.smtp.listeners.iter();
    let addresses: Vec<_> = listeners.map(|listener| listener.address).collect();
    service(config, &addresses)
}

/// Returns the configured name, or that in the public URL unless it is the machine itself.
fn reachable_name(config: &Config) -> Option<String> {
    if let Some(name) = &config.smtp.name {
        return Some(name.to_string());
    }
    let (_, host, _) = config.public_url.as_ref().map(PublicUrl::parts)?;
    (!host.is_loopback()).then(|| host.to_string())
}
