//! How a mailer is made.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use clock::{Clock, SystemClock};
use domain::Preset;
use net::{DeniedNetworks, Outgoing, Resolver, SystemResolver};

use crate::OutboxOptions;

/// How long a network step may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To resolve a name, to connect, for the TLS handshake: each.
    pub connect: Duration,
    /// For one reply of a mail server.
    pub reply: Duration,
    /// For the reply to a whole message. RFC 5321 §4.5.3.2.6 would have ten minutes; a person waits here.
    pub message: Duration,
    /// For one answer of a token endpoint.
    pub token: Duration,
    /// For a whole check.
    pub check: Duration,
    /// How often a check that runs shows that its process is alive.
    pub check_heartbeat: Duration,
    /// After how long without a heartbeat a check of another process counts as interrupted.
    pub check_silence: Duration,
    /// For all questions to name servers about one domain.
    pub dns: Duration,
}

impl Timeouts {
    /// Returns the limits of one connection.
    pub(crate) fn connection(&self) -> net::Timeouts {
        net::Timeouts {
            connect: self.connect,
            reply: self.reply,
            message: self.message,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            reply: Duration::from_secs(10),
            message: Duration::from_secs(10),
            token: Duration::from_secs(10),
            check: Duration::from_secs(28),
            check_heartbeat: Duration::from_secs(2),
            check_silence: Duration::from_secs(10),
            dns: Duration::from_secs(5),
        }
    }
}

/// How a [`Mailer`](crate::Mailer) is made.
#[derive(Clone, Debug)]
pub struct MailerOptions {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Certificates (DER) that are trusted besides those of the system.
    pub extra_roots: Vec<Vec<u8>>,
    /// Time limits.
    pub timeouts: Timeouts,
    /// Networks that are never connected to.
    pub denied: DeniedNetworks,
    /// Who tells the addresses of names, unless there is a `dns_server`.
    pub resolver: Arc<dyn Resolver>,
    /// The name server to ask in place of the machine's, for everything.
    pub dns_server: Option<SocketAddr>,
    /// The name server to ask what domains publish, when there is no `dns_server` and the machine's are not to be asked.
    pub domain_dns_server: Option<SocketAddr>,
    /// Where a domain publishes its settings by https (autoconfig); 443 everywhere but in tests.
    pub autoconfig_port: u16,
    /// How mail is delivered.
    pub outbox: OutboxOptions,
    /// Bytes of free space on the disk of a SQLite database below which new mail is refused; 0 for none.
    pub min_free_bytes: u64,
    /// The sandbox, when the server was started with one.
    pub sandbox: Option<Preset>,
    /// The name of this server in alerts, unique among the servers that share a database. A random one if it is `None`.
    pub server_name: Option<String>,
    /// Another server that shows no heartbeat for this long is gone, and its conditions are resolved.
    pub server_gone_after: Duration,
    /// Where this server is reached, as `https://mail.example.com`, for links in alerts.
    pub public_url: Option<String>,
}

impl Default for MailerOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            extra_roots: Vec::new(),
            timeouts: Timeouts::default(),
            denied: DeniedNetworks::default(),
            resolver: Arc::new(SystemResolver),
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

impl MailerOptions {
    /// What everything goes through that is connected to.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn outgoing(&self) -> Result<Outgoing, rustls::Error> {
        let (resolver, clock) = (Arc::clone(&self.resolver), Arc::clone(&self.clock));
        Outgoing::new(resolver, self.denied.clone(), &self.extra_roots, clock)
    }
}
