//! The client of a connection.

use std::net::IpAddr;

use crate::proxy::Source;

/// The client of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address of the client, or that of the proxy if it did not name its client.
    pub address: IpAddr,
    /// True if the address is that of the client. A sender is recognized by no other one.
    pub is_client: bool,
}

impl Peer {
    /// Returns the client that has connected from this address.
    pub fn direct(address: IpAddr) -> Self {
        Self {
            address,
            is_client: true,
        }
    }

    /// Returns the client that a proxy at this address has named.
    pub fn behind(proxy: IpAddr, source: Source) -> Self {
        match source {
            Source::Client(address) => Self::direct(address),
            Source::Proxy => Self {
                address: proxy,
                is_client: false,
            },
        }
    }
}
