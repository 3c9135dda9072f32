//! Networks from which a sender is known.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use serde::{Deserialize, Serialize};

use super::NetworkError;

/// Ranges whose addresses are not reachable from the internet: loopback (RFC 1122, RFC 4291),
/// private use (RFC 1918), unique local (RFC 4193), and link-local (RFC 3927, RFC 4291).
const PRIVATE: [Network; 8] = [
    v4([127, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([172, 16, 0, 0], 12),
    v4([192, 168, 0, 0], 16),
    v4([169, 254, 0, 0], 16),
    v6(Ipv6Addr::LOCALHOST, 128),
    v6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    v6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
];

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Network {
    Network {
        address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
        prefix,
    }
}

const fn v6(address: Ipv6Addr, prefix: u8) -> Network {
    Network {
        address: IpAddr::V6(address),
        prefix,
    }
}

/// An address, or a network without host bits. Never all addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Parses an address such as `192.168.1.20`, or a network such as `192.168.1.0/24`. An
    /// IPv4-mapped IPv6 network becomes IPv4, as the addresses that it is compared with do.
    ///
    /// # Errors
    /// `NotANetwork`, `NetworkHasHostBits`, `EveryAddress`.
    pub fn parse(typed: &str) -> Result<Self, NetworkError> {
        let text = typed.trim();
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::NotANetwork)?;
        let bits = bits_of(address);
        let prefix = match prefix {
            None => bits,
            Some(text) => {
                let digits =
                    (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
                let prefix = text.parse().ok().filter(|prefix| digits && *prefix <= bits);
                prefix.ok_or(NetworkError::NotANetwork)?
            }
        };
        let network = match address {
            IpAddr::V6(mapped) if prefix >= 96 && mapped.to_ipv4_mapped().is_some() => Self {
                address: address.to_canonical(),
                prefix: prefix - 96,
            },
            address => Self { address, prefix },
        };
        if network.prefix == 0 {
            return Err(NetworkError::EveryAddress);
        }
        if masked(network.address, network.prefix) != network.address {
            return Err(NetworkError::NetworkHasHostBits);
        }
        Ok(network)
    }

    /// Returns the number of leading bits that all addresses of the network share.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Returns true for a single address.
    pub fn is_address(self) -> bool {
        self.prefix == bits_of(self.address)
    }

    /// Returns true if the address is part of the network.
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && masked(address, self.prefix) == self.address
    }

    /// Returns true if every address of another network is part of this one.
    pub fn includes(self, other: Self) -> bool {
        self.prefix <= other.prefix && self.contains(other.address)
    }

    /// Returns true if no address of the network is reachable from the internet.
    pub fn is_private(self) -> bool {
        let mut ranges = PRIVATE.iter();
        ranges.any(|range| range.prefix <= self.prefix && range.contains(self.address))
    }
}

fn bits_of(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Returns the address with all bits after the prefix cleared.
fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    let prefix = u32::from(prefix);
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - prefix.min(32)).unwrap_or(0);
            Ipv4Addr::from(u32::from(address) & mask).into()
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - prefix.min(128)).unwrap_or(0);
            Ipv6Addr::from(u128::from(address) & mask).into()
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(formatter)?;
        if self.is_address() {
            return Ok(());
        }
        write!(formatter, "/{}", self.prefix)
    }
}

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).map_err(NetworkError::code)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap()
    }

    #[test]
    fn addresses_and_networks_are_read_and_written_back() {
        for (typed, written) in [
            (" 192.168.1.20 ", "192.168.1.20"),
            ("192.168.1.20/32", "192.168.1.20"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("128.0.0.0/1", "128.0.0.0/1"),
            ("FD00::/8", "fd00::/8"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ] {
            assert_eq!(network(typed).to_string(), written);
            assert_eq!(network(written), network(typed));
        }
    }

    #[test]
    fn a_network_of_every_address_and_other_mistakes_are_refused() {
        for (typed, error) in [
            ("0.0.0.0/0", NetworkError::EveryAddress),
            ("::/0", NetworkError::EveryAddress),
            ("::ffff:0.0.0.0/96", NetworkError::EveryAddress),
            ("10.0.0.1/8", NetworkError::NetworkHasHostBits),
            ("fd00::1/8", NetworkError::NetworkHasHostBits),
            ("", NetworkError::NotANetwork),
            ("office", NetworkError::NotANetwork),
            ("10.0.0.0/33", NetworkError::NotANetwork),
            ("10.0.0.0/", NetworkError::NotANetwork),
            ("10.0.0.0/+8", NetworkError::NotANetwork),
            ("10.0.0/8", NetworkError::NotANetwork),
            ("::/129", NetworkError::NotANetwork),
        ] {
            assert_eq!(Network::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn a_network_contains_its_addresses_in_both_notations() {
        let inside = |text: &str, address: &str| network(text).contains(address.parse().unwrap());
        assert!(inside("192.168.1.0/24", "192.168.1.255"));
        assert!(inside("192.168.1.0/24", "::ffff:192.168.1.255"));
        assert!(!inside("192.168.1.0/24", "192.168.2.0"));
        assert!(!inside("192.168.1.0/24", "::1"));
        assert!(inside("fd00::/8", "fdff::1"));
        assert!(!inside("fd00::/8", "fc00::1"));
        assert!(inside("10.0.0.1", "10.0.0.1"));
        assert!(!inside("10.0.0.1", "10.0.0.0"));
    }

    #[test]
    fn only_networks_within_a_private_range_are_private() {
        for text in [
            "127.0.0.1",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "172.31.255.0/24",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "::1",
            "fd12::/16",
            "fc00::/7",
            "fe80::/10",
        ] {
            assert!(network(text).is_private(), "{text}");
        }
        for text in [
            "8.8.8.8",
            "8.0.0.0/5",
            "172.0.0.0/8",
            "172.32.0.0/16",
            "192.0.0.0/8",
            "100.64.0.0/10",
            "0.0.0.0/1",
            "2001:db8::/32",
            "fc00::/6",
            "::/1",
        ] {
            assert!(!network(text).is_private(), "{text}");
        }
    }
}
