//! Options of a mailer.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use clock::{Clock, SystemClock};
use dns::{Dns, MachineResolver};
use domain::Preset;
use net::{DeniedNetworks, Outgoing, Resolver};

use crate::{OutboxOptions, Timeouts};

/// Options for creating a [`Mailer`](crate::Mailer).
#[derive(Clone, Debug)]
pub struct MailerOptions {
    /// The source of the current time.
    pub clock: Arc<dyn Clock>,
    /// Trusted certificates (DER) in addition to those of the system.
    pub extra_roots: Vec<Vec<u8>>,
    /// Time limits.
    pub timeouts: Timeouts,
    /// Networks that no connection may go to.
    pub denied: DeniedNetworks,
    /// Resolves host names unless `dns_server` is set.
    pub resolver: Arc<dyn Resolver>,
    /// Name server that replaces the system's for all queries.
    pub dns_server: Option<SocketAddr>,
    /// Name server for DNS records of domains. Used instead of the system's if `dns_server` is not
    /// set.
    pub domain_dns_server: Option<SocketAddr>,
    /// HTTPS port for autoconfig documents of domains. Differs from 443 only in tests.
    pub autoconfig_port: u16,
    /// Options of mail delivery.
    pub outbox: OutboxOptions,
    /// Free bytes on the disk of a SQLite database below which new mail is refused. 0 disables the
    /// check.
    pub min_free_bytes: u64,
    /// The sandbox if the server was started with one.
    pub sandbox: Option<Preset>,
    /// Name of this server in alerts, unique among the servers on one database. `None` for a random
    /// one.
    pub server_name: Option<String>,
    /// Time without a heartbeat after which another server is considered gone and its conditions
    /// are resolved.
    pub server_gone_after: Duration,
    /// Public URL of this server, such as `https://mail.example.com`, for links in alerts.
    pub public_url: Option<String>,
}

impl Default for MailerOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            extra_roots: Vec::new(),
            timeouts: Timeouts::default(),
            denied: DeniedNetworks::default(),
            resolver: Arc::new(MachineResolver {
                timeout: Timeouts::default().dns,
            }),
            dns_server: None,
            domain_dns_server: None,
            autoconfig_port: 443,
            outbox: OutboxOptions::default(),
            min_free_bytes: 100_000_000,
            sandbox: None,
            server_name: None,
            server_gone_after: Duration::from_mins(5),
            public_url: None,
        }
    }
}

/// The name server for DNS records of domains, and its timeout.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DnsOptions {
    /// A name server, or `None` for the system's.
    server: Option<SocketAddr>,
    /// Time limit of all queries about one domain.
    timeout: Duration,
}

impl DnsOptions {
    pub(crate) fn of(options: &MailerOptions) -> Self {
        Self {
            server: options.dns_server.or(options.domain_dns_server),
            timeout: options.timeouts.dns,
        }
    }

    /// Returns a resolver for one check.
    pub(crate) fn open(self) -> Dns {
        Dns::open(self.server, self.timeout)
    }
}

/// Builds the gateway of all outgoing connections.
///
/// # Errors
/// If TLS cannot be set up.
pub(crate) fn outgoing(options: &MailerOptions) -> Result<Outgoing, rustls::Error> {
    let (resolver, clock) = (Arc::clone(&options.resolver), Arc::clone(&options.clock));
    Outgoing::new(
        resolver,
        options.denied.clone(),
        &options.extra_roots,
        clock,
    )
}
