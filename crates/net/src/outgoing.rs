//! The gateway of all outgoing connections.
//!
//! Each name is resolved once. Denied addresses are removed, and only the others are connected to.
//! A name server that changes its response between the check and the connection (DNS rebinding)
//! therefore gains nothing.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use clock::Clock;
use domain::{FindingCode, Host, TlsMinimum, UnixTime};
use rustls::ClientConfig;
use tokio::net::TcpStream;

use crate::{DeniedNetworks, LookupError, Resolver, tls::Tls};

/// Maximum number of addresses of a name that are tried.
const MAX_ADDRESSES: usize = 16;

/// Resolver, denied networks, TLS trust, and clock of outgoing connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outgoing {
    resolver: Arc<dyn Resolver>,
    denied: DeniedNetworks,
    tls: Tls,
    clock: Arc<dyn Clock>,
}

/// An address that the policy allows. Only [`Outgoing::resolve`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowedAddress(SocketAddr);

impl AllowedAddress {
    /// Returns the address and the port.
    pub fn socket(self) -> SocketAddr {
        self.0
    }

    /// Connects to exactly this address.
    ///
    /// # Errors
    /// Those of the operating system.
    pub async fn connect(self) -> io::Result<TcpStream> {
        TcpStream::connect(self.0).await
    }
}

/// The addresses of a name.
#[derive(Debug)]
pub struct Resolved {
    /// The addresses to connect to, in order; not empty.
    pub allowed: Vec<AllowedAddress>,
    /// The addresses that the policy denies.
    pub denied: Vec<IpAddr>,
}

/// The reason why a name gives no address to connect to.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The name does not exist or has no address.
    #[error("the name has no address")]
    NotFound,
    /// No name server answered.
    #[error("the name could not be resolved")]
    Unanswered(#[from] LookupError),
    /// All addresses are in networks that are never connected to.
    #[error("all addresses of the name are denied")]
    Denied(Vec<IpAddr>),
}

impl ResolveError {
    /// Returns the finding about the host.
    pub fn finding(&self) -> FindingCode {
        match self {
            Self::NotFound => FindingCode::HostNotFound,
            Self::Unanswered(error) => error.host_finding(),
            Self::Denied(_) => FindingCode::AddressDenied,
        }
    }
}

impl Outgoing {
    /// Trusts `extra_roots` (certificates as DER) in addition to those of the system.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(
        resolver: Arc<dyn Resolver>,
        denied: DeniedNetworks,
        extra_roots: &[Vec<u8>],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, rustls::Error> {
        Ok(Self {
            resolver,
            denied,
            tls: Tls::new(extra_roots)?,
            clock,
        })
    }

    /// Returns the TLS configuration that accepts `minimum` and higher.
    pub fn tls(&self, minimum: TlsMinimum) -> Arc<ClientConfig> {
        self.tls.config(minimum)
    }

    /// Returns the time, for judging certificates.
    pub fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Resolves a host to the addresses that may be connected to.
    ///
    /// # Errors
    /// If the name has no address, only denied ones, or no name server answered.
    pub async fn resolve(&self, host: &Host, port: u16) -> Result<Resolved, ResolveError> {
        let mut addresses = match host.ip() {
            Some(ip) => vec![ip],
            // RFC 6761 §6.3: these names mean this machine and are resolved without a name server.
            // Secrets go to them in plaintext, so no one else may decide where they lead.
            None if host.is_loopback() => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
            None => self.resolver.resolve(host).await?,
        };
        let mut seen = std::collections::BTreeSet::new();
        addresses.retain(|ip| seen.insert(*ip));
        if addresses.is_empty() {
            return Err(ResolveError::NotFound);
        }
        let (denied, mut allowed): (Vec<_>, Vec<_>) = addresses
            .into_iter()
            .partition(|ip| self.denied.contains(*ip));
        if allowed.is_empty() {
            return Err(ResolveError::Denied(denied));
        }
        allowed.truncate(MAX_ADDRESSES);
        let allowed = allowed
            .into_iter()
            .map(|ip| AllowedAddress(SocketAddr::new(ip, port)))
            .collect();
        Ok(Resolved { allowed, denied })
    }
}

/// Joins addresses with commas for display.
pub fn address_list(addresses: &[IpAddr]) -> String {
    let shown: Vec<_> = addresses
        .iter()
        .take(MAX_ADDRESSES)
        .map(IpAddr::to_string)
        .collect();
    shown.join(", ")
}
