//! The one place that everything goes through which this server connects to by itself.
//!
//! A name is resolved once, the addresses that are denied are left out, and exactly the others are connected to: an answer
//! of the name server that changes between the look and the connection (DNS rebinding) changes nothing.

mod denied;
mod http;
mod resolver;

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use clock::Clock;
use domain::{Host, TlsMinimum, UnixTime};
use rustls::ClientConfig;
use tokio::net::TcpStream;

pub use denied::DeniedNetworks;
pub(crate) use http::HttpResolver;
pub use resolver::{Resolver, Resolving, SystemResolver};

use crate::tls::Tls;

/// How many addresses of a name are tried.
const ADDRESSES_AT_MOST: usize = 16;

/// Where names lead, what is denied, whom TLS trusts, and what time it is.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    resolver: Arc<dyn Resolver>,
    denied: DeniedNetworks,
    tls: Tls,
    clock: Arc<dyn Clock>,
}

/// An address that has passed; there is no other way to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passed(SocketAddr);

impl Passed {
    /// The address and the port.
    pub(crate) fn socket(self) -> SocketAddr {
        self.0
    }

    /// A connection to exactly this address.
    pub(crate) async fn connect(self) -> io::Result<TcpStream> {
        TcpStream::connect(self.0).await
    }
}

/// What a name leads to.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// Where to connect, in order; not empty.
    pub(crate) passed: Vec<Passed>,
    /// What was left out.
    pub(crate) denied: Vec<IpAddr>,
}

/// Why there is nothing to connect to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAddress {
    /// The name has no address.
    #[error("the name has no address")]
    NotFound,
    /// All addresses are in networks that are never connected to.
    #[error("every address is denied")]
    Denied(Vec<IpAddr>),
}

impl Outgoing {
    /// Trusts these certificates (DER) besides those of the system.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub(crate) fn new(
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

    /// How TLS is spoken, with `minimum` and higher.
    pub(crate) fn tls(&self, minimum: TlsMinimum) -> Arc<ClientConfig> {
        self.tls.config(minimum)
    }

    /// The time, to judge what was connected to.
    pub(crate) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// The addresses of a host that may be connected to.
    pub(crate) async fn resolve(&self, host: &Host, port: u16) -> Result<Resolved, NoAddress> {
        let mut addresses = match host.ip() {
            Some(ip) => vec![ip],
            // RFC 6761 §6.3: such a name means this machine, and no name server is asked. Secrets go to it in the clear,
            // so nobody else may say where it leads.
            None if host.is_loopback() => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
            None => self.resolver.resolve(host).await.unwrap_or_default(),
        };
        let mut seen = std::collections::BTreeSet::new();
        addresses.retain(|ip| seen.insert(*ip));
        if addresses.is_empty() {
            return Err(NoAddress::NotFound);
        }
        let (denied, mut passed): (Vec<_>, Vec<_>) = addresses
            .into_iter()
            .partition(|ip| self.denied.contains(*ip));
        if passed.is_empty() {
            return Err(NoAddress::Denied(denied));
        }
        passed.truncate(ADDRESSES_AT_MOST);
        let passed = passed
            .into_iter()
            .map(|ip| Passed(SocketAddr::new(ip, port)))
            .collect();
        Ok(Resolved { passed, denied })
    }
}

/// Addresses as a person reads them.
pub(crate) fn listed(addresses: &[IpAddr]) -> String {
    let shown: Vec<_> = addresses
        .iter()
        .take(ADDRESSES_AT_MOST)
        .map(IpAddr::to_string)
        .collect();
    shown.join(", ")
}
