//! Where and how to listen.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use domain::{Sender, SenderName};
use ipnet::IpNet;

/// How a listener uses TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Without TLS at first; STARTTLS is offered and required for signing in.
    StartTls,
    /// TLS from the first octet.
    Tls,
    /// Without TLS. Clients sign in with a password that others on the way can read.
    Plain,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::StartTls, Self::Tls, Self::Plain];

    /// Returns the name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::Plain => "plain",
        }
    }
}

/// Where and how to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerOptions {
    /// Address and port; port 0 lets the system choose.
    pub address: SocketAddr,
    /// Use of TLS.
    pub mode: Mode,
    /// Networks that may connect. Empty means all.
    pub networks: Vec<IpNet>,
    /// Senders that may send here, by their names. Empty means all senders and API keys.
    pub senders: Vec<SenderName>,
    /// Proxies, whose connections begin with a header of the PROXY protocol.
    pub proxies: Vec<IpNet>,
}

impl ListenerOptions {
    /// Returns a listener for all clients and senders.
    pub fn new(address: SocketAddr, mode: Mode) -> Self {
        Self {
            address,
            mode,
            networks: Vec::new(),
            senders: Vec::new(),
            proxies: Vec::new(),
        }
    }

    /// Returns true if clients with this address may connect.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        self.networks.is_empty() || contains(&self.networks, address)
    }

    /// Returns true if this is the address of a proxy.
    pub(crate) fn is_proxy(&self, address: IpAddr) -> bool {
        contains(&self.proxies, address)
    }

    /// Returns true if a sender, or an API key of it, may send here. An API key without a sender
    /// may if no senders are named.
    pub fn admits(&self, sender: Option<&Sender>) -> bool {
        self.senders.is_empty()
            || sender.is_some_and(|sender| {
                let folded = sender.name.folded();
                self.senders.iter().any(|one| one.folded() == folded)
            })
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// Writes the listener as it is configured: `0.0.0.0:587 starttls 10.0.0.0/8 sender="Printer 1"`.
impl fmt::Display for ListenerOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.address, self.mode.name())?;
        for network in &self.networks {
            write!(formatter, " {network}")?;
        }
        for sender in &self.senders {
            write!(formatter, " sender=\"{sender}\"")?;
        }
        for proxy in &self.proxies {
            write!(formatter, " proxy={proxy}")?;
        }
        Ok(())
    }
}
