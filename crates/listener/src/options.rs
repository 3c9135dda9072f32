//! Where and how to listen.

use std::net::SocketAddr;

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
}
