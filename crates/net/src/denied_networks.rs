//! Networks that no connection may go to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Metadata services of clouds. They give credentials to any process on the machine.
const METADATA: &[&str] = &[
    "169.254.169.254/32",     // nearly all
    "169.254.170.2/32",       // AWS, tasks
    "169.254.170.23/32",      // AWS, pods
    "169.254.0.23/32",        // Tencent
    "169.254.10.10/32",       // Tencent
    "169.254.42.42/32",       // Scaleway
    "100.100.100.200/32",     // Alibaba
    "100.96.0.96/32",         // Volcano Engine
    "168.63.129.16/32",       // Azure, the platform's own
    "192.0.0.192/32",         // Oracle, the older one
    "fd00:ec2::/32",          // AWS
    "fd20:ce::254/128",       // Google
    "fd00:c1::a9fe:a9fe/128", // Oracle
    "fd00:42::42/128",        // Scaleway
    "fd00:a9fe:a9fe::1/128",  // Akamai
    "fd00:100::100:200/128",  // Alibaba
    "fe80::a9fe:a9fe/128",    // OpenStack
];

/// Networks that are not on the internet (IANA's special-purpose address registries). Loopback is
/// not included, because relays and the sandbox use it.
const PRIVATE: &[&str] = &[
    "0.0.0.0/8",       // this network; 0.0.0.0 reaches this machine
    "10.0.0.0/8",      // private
    "100.64.0.0/10",   // shared
    "169.254.0.0/16",  // link-local
    "172.16.0.0/12",   // private
    "192.0.0.0/24",    // protocols
    "192.0.2.0/24",    // documentation
    "192.168.0.0/16",  // private
    "198.18.0.0/15",   // benchmarks
    "198.51.100.0/24", // documentation
    "203.0.113.0/24",  // documentation
    "224.0.0.0/4",     // multicast
    "240.0.0.0/4",     // reserved, and broadcast
    "::/128",          // unspecified; reaches this machine
    "100::/64",        // discarded
    "2001:2::/48",     // benchmarks
    "2001:db8::/32",   // documentation
    "3fff::/20",       // documentation
    "fc00::/7",        // unique local
    "fe80::/10",       // link-local
    "fec0::/10",       // site-local
    "ff00::/8",        // multicast
];

/// Networks that no connection may go to, in any notation of their addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeniedNetworks(Vec<IpNet>);

impl Default for DeniedNetworks {
    /// Denies the metadata services of clouds.
    fn default() -> Self {
        Self(networks(METADATA).collect())
    }
}

impl DeniedNetworks {
    /// Denies the default networks and those that are not on the internet: private, link-local,
    /// shared, unique-local, multicast, unspecified, broadcast, benchmark, and documentation
    /// networks. Loopback stays allowed.
    pub fn private() -> Self {
        Self::default().and(networks(PRIVATE))
    }

    /// Denies additional networks, as configured by an administrator.
    #[must_use]
    pub fn and(mut self, networks: impl IntoIterator<Item = IpNet>) -> Self {
        self.0.extend(networks);
        self
    }

    /// Returns true if an address, or an address it leads to, is denied.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let forms = forms(ip);
        self.0
            .iter()
            .any(|network| forms.iter().any(|form| network.contains(form)))
    }
}

fn networks(texts: &'static [&'static str]) -> impl Iterator<Item = IpNet> {
    texts.iter().filter_map(|text| text.parse().ok())
}

/// Returns the address and those at which a packet to it may arrive.
fn forms(ip: IpAddr) -> Vec<IpAddr> {
    let mut forms = vec![ip];
    match ip {
        IpAddr::V4(v4) => forms.push(v4.to_ipv6_mapped().into()),
        IpAddr::V6(v6) => forms.extend(within(v6).into_iter().map(IpAddr::from)),
    }
    // Linux treats the unspecified address as this machine.
    if forms.iter().any(IpAddr::is_unspecified) {
        forms.push(Ipv4Addr::LOCALHOST.into());
        forms.push(Ipv6Addr::LOCALHOST.into());
    }
    forms
}

/// Returns the IPv4 addresses that an IPv6 address may lead to.
fn within(v6: Ipv6Addr) -> Vec<Ipv4Addr> {
    let bytes = v6.octets();
    let at = |indexes: [usize; 4]| Ipv4Addr::from(indexes.map(|index| bytes[index]));
    let last = at([12, 13, 14, 15]);
    match v6.segments() {
        // RFC 4291 §2.5.5: IPv4-compatible (loopback and unspecified have this form too) and
        // IPv4-mapped. RFC 2765 §2.1: IPv4-translated. RFC 6052 §2.1: the well-known prefix of
        // NAT64.
        [0, 0, 0, 0, 0, 0, ..] if v6 == Ipv6Addr::LOCALHOST => vec![Ipv4Addr::LOCALHOST],
        [0, 0, 0, 0, 0, 0 | 0xffff, ..]
        | [0, 0, 0, 0, 0xffff, 0, ..]
        | [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![last],
        // RFC 8215, the local-use prefix: 96 bits, or 48 bits with the address around the eighth
        // byte.
        [0x64, 0xff9b, 1, ..] => vec![last, at([6, 7, 9, 10])],
        // RFC 3056 §2: 6to4.
        [0x2002, ..] => vec![at([2, 3, 4, 5])],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn every_network_of_the_tables_is_one() {
        for text in METADATA.iter().chain(PRIVATE) {
            let network: IpNet = text.parse().unwrap();
            assert_eq!(network.trunc().to_string(), *text);
        }
        assert_eq!(DeniedNetworks::default().0.len(), METADATA.len());
    }

    #[test]
    fn denies_the_metadata_of_clouds_by_default_and_nothing_else() {
        let denied = DeniedNetworks::default();
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "fd20:ce::254",
        ] {
            assert!(denied.contains(ip(address)), "{address}");
        }
        for address in [
            "127.0.0.1",
            "::1",
            "10.0.0.1",
            "192.168.1.25",
            "169.254.1.2",
            "fd00::25",
            "142.250.1.1",
            "2607:f8b0::1",
        ] {
            assert!(!denied.contains(ip(address)), "{address}");
        }
    }

    #[test]
    fn denies_every_form_of_a_denied_address() {
        let denied = DeniedNetworks::default();
        for address in [
            "::ffff:169.254.169.254",
            "::ffff:0:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::169.254.169.254",
            "64:ff9b:1:a9fe:a9:fe00::",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(denied.contains(ip(address)), "{address}");
        }
        for address in [
            "::ffff:142.250.1.1",
            "64:ff9b::142.250.1.1",
            "2002:8efa:101::",
        ] {
            assert!(!denied.contains(ip(address)), "{address}");
        }
    }

    #[test]
    fn denies_private_networks_when_asked_to_but_not_loopback() {
        let denied = DeniedNetworks::private();
        for address in [
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "100.64.0.1",
            "169.254.1.2",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "203.0.113.7",
            "::",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:10.1.2.3",
            "64:ff9b::10.1.2.3",
            "168.63.129.16",
        ] {
            assert!(denied.contains(ip(address)), "{address}");
        }
        for address in [
            "127.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "142.250.1.1",
            "2607:f8b0::1",
        ] {
            assert!(!denied.contains(ip(address)), "{address}");
        }
    }

    #[test]
    fn loopback_can_be_named_and_is_then_denied_in_all_its_forms() {
        let denied = DeniedNetworks::default().and(["127.0.0.0/8".parse().unwrap()]);
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "::",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(denied.contains(ip(address)), "{address}");
        }
        assert!(!denied.contains(ip("10.0.0.1")));
        // A network in its IPv4-mapped form denies the same addresses.
        let denied = DeniedNetworks::default().and(["::ffff:10.0.0.0/104".parse().unwrap()]);
        assert!(denied.contains(ip("10.1.1.1")) && !denied.contains(ip("11.1.1.1")));
    }
}
