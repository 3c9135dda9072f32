//! The default gateways of this machine or container. Behind NAT or Docker's port forwarding, every
//! client has the address of the gateway, so it says nothing about who the client is.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Interval between two readings of the routes.
const INTERVAL: Duration = Duration::from_mins(1);
/// Flag of a route through a gateway (`RTF_GATEWAY`).
const GATEWAY: u32 = 2;

/// Addresses of the default gateways, as read a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Gateways(Mutex<Option<(Instant, Vec<IpAddr>)>>);

impl Gateways {
    /// Returns true if a default route goes through this address. `routes` is the directory with
    /// the files `route` and `ipv6_route`, usually `/proc/net`.
    pub fn contain(&self, address: IpAddr, routes: &Path) -> bool {
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |(at, _): &(Instant, Vec<IpAddr>)| at.elapsed() < INTERVAL;
        if !read.as_ref().is_some_and(is_fresh) {
            *read = Some((Instant::now(), gateways(routes)));
        }
        let known = read.as_ref().map(|(_, known)| known);
        known.is_some_and(|known| known.contains(&address))
    }
}

/// Reads both tables of routes. A system without them has no known gateway.
fn gateways(routes: &Path) -> Vec<IpAddr> {
    let read = |name: &str| fs::read_to_string(routes.join(name)).unwrap_or_default();
    let (v4, v6) = (read("route"), read("ipv6_route"));
    let v4 = v4.lines().filter_map(gateway_v4).map(IpAddr::from);
    v4.chain(v6.lines().filter_map(gateway_v6).map(IpAddr::from))
        .collect()
}

/// Returns the gateway of a default route in `/proc/net/route`: interface, destination, gateway,
/// flags, three counters, and mask, in hexadecimal. Addresses are in the order of the octets in
/// memory.
fn gateway_v4(line: &str) -> Option<Ipv4Addr> {
    let columns: Vec<_> = line.split_whitespace().collect();
    let hex = |at: usize| u32::from_str_radix(columns.get(at)?, 16).ok();
    let is_default = hex(1)? == 0 && hex(7)? == 0 && hex(3)? & GATEWAY != 0;
    let gateway = Ipv4Addr::from(hex(2)?.to_ne_bytes());
    (is_default && !gateway.is_unspecified()).then_some(gateway)
}

/// Returns the gateway of a default route in `/proc/net/ipv6_route`: destination and its prefix,
/// source and its prefix, gateway, metric, two counters, and flags.
fn gateway_v6(line: &str) -> Option<Ipv6Addr> {
    let columns: Vec<_> = line.split_whitespace().collect();
    let hex = |at: usize| u128::from_str_radix(columns.get(at)?, 16).ok();
    let is_default = hex(0)? == 0 && hex(1)? == 0 && hex(8)? & u128::from(GATEWAY) != 0;
    let gateway = Ipv6Addr::from(hex(4)?);
    (is_default && !gateway.is_unspecified()).then_some(gateway)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_gateways_are_read_and_other_routes_are_not() {
        let directory = tempfile::tempdir().unwrap();
        let gateway = u32::from_ne_bytes([172, 17, 0, 1]);
        let v4 = format!(
            "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n\
             eth0 00000000 {gateway:08X} 0003 0 0 0 00000000 0 0 0\n\
             eth0 0000A8C0 0101A8C0 0003 0 0 0 00FFFFFF 0 0 0\n\
             eth0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0\nbroken\n"
        );
        let v6 = "00000000000000000000000000000000 00 00000000000000000000000000000000 00 \
                  fd000000000000000000000000000001 00000400 00000002 00000000 00000003 eth0\n\
                  00000000000000000000000000000000 00 00000000000000000000000000000000 00 \
                  00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo\n";
        fs::write(directory.path().join("route"), v4).unwrap();
        fs::write(directory.path().join("ipv6_route"), v6).unwrap();
        let expected = ["172.17.0.1", "fd00::1"].map(|text| text.parse::<IpAddr>().unwrap());
        assert_eq!(gateways(directory.path()), expected);
        let known = Gateways::default();
        assert!(known.contain(expected[0], directory.path()));
        assert!(!known.contain("192.168.1.1".parse().unwrap(), directory.path()));
        assert!(gateways(&directory.path().join("none")).is_empty());
    }
}
