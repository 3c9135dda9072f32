//! Limits the number of connections.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Limits on open connections.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// In total.
    pub total: usize,
    /// Of one address. `None` means unlimited.
    pub per_address: Option<NonZeroU32>,
    /// Time in which a proxy must send the header of the PROXY protocol.
    pub proxy_header: Duration,
}

/// The open connections, by address.
#[derive(Clone, Debug, Default)]
pub struct Slots(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, u32>,
}

/// A connection that counts until this is dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Slots,
    network: IpAddr,
}

impl Slots {
    /// Counts a connection. Returns `None` if a limit is reached.
    pub fn take(&self, address: IpAddr, limits: ConnectionLimits) -> Option<Slot> {
        let network = network(address);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_address = open.by_address.get(&network).copied().unwrap_or(0);
        let is_full = limits
            .per_address
            .is_some_and(|limit| of_address >= limit.get());
        if is_full || open.all >= limits.total {
            return None;
        }
        open.all += 1;
        open.by_address.insert(network, of_address + 1);
        Some(Slot {
            slots: self.clone(),
            network,
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.slots.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(count) = open.by_address.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.network);
            }
        }
    }
}

/// Returns the network that counts as one client: an IPv4 address, or the /64 network of an IPv6
/// address (RFC 6177 §2).
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{num::NonZeroU32, time::Duration};

    use super::{ConnectionLimits, Slots};

    #[test]
    fn connections_are_limited_by_address_and_in_total() {
        let limits = ConnectionLimits {
            total: 3,
            per_address: NonZeroU32::new(2),
            proxy_header: Duration::ZERO,
        };
        let slots = Slots::default();
        let take = |address: &str| slots.take(address.parse().unwrap(), limits);
        let (one, two) = (take("2001:db8::1"), take("2001:db8::2"));
        assert!(one.is_some() && two.is_some() && take("2001:db8::3").is_none());
        let other = take("192.0.2.1");
        assert!(other.is_some() && take("192.0.2.2").is_none());
        drop((one, two, other));
        assert!(slots.0.lock().unwrap().by_address.is_empty());
        assert!(take("2001:db8::3").is_some());
    }
}
