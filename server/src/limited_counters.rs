//! Counters of open connections and streams, by address or session.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

/// Counters by key. Cheap to clone.
#[derive(Debug)]
pub struct LimitedCounters<K: Eq + Hash>(Arc<Mutex<HashMap<K, u32>>>);

impl<K: Eq + Hash> Clone for LimitedCounters<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Eq + Hash> Default for LimitedCounters<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash> LimitedCounters<K> {
    /// Increments a counter until the result is dropped. Returns `None` if the limit is reached.
    pub fn acquire(&self, key: K, limit: Option<NonZeroU32>) -> Option<Counted<K>> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(&key).copied().unwrap_or(0);
        if limit.is_some_and(|limit| count >= limit.get()) {
            return None;
        }
        counts.insert(key.clone(), count + 1);
        Some(Counted {
            counters: self.clone(),
            key,
        })
    }
}

/// A guard that decrements its counter when it is dropped.
#[derive(Debug)]
pub struct Counted<K: Eq + Hash> {
    counters: LimitedCounters<K>,
    key: K,
}

impl<K: Eq + Hash> Drop for Counted<K> {
    fn drop(&mut self) {
        let mut counts = self
            .counters
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

/// Returns the network that counts as one client: an IPv4 address, or the /64 network of an IPv6
/// address, because one subscriber has 2^64 of those (RFC 6177 §2).
pub fn network(address: IpAddr) -> IpAddr {
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
    use std::num::NonZeroU32;

    use super::LimitedCounters;

    #[test]
    fn a_dropped_guard_frees_its_slot_and_leaves_no_entry() {
        let (counters, limit) = (LimitedCounters::default(), NonZeroU32::new(2));
        let (one, two) = (counters.acquire("a", limit), counters.acquire("a", limit));
        assert!(one.is_some() && two.is_some());
        assert!(counters.acquire("a", limit).is_none());
        assert!(counters.acquire("b", limit).is_some());
        assert!(counters.acquire("a", None).is_some());
        drop(one);
        let again = counters.acquire("a", limit);
        assert!(again.is_some());
        drop((again, two));
        assert!(counters.0.lock().unwrap().is_empty());
    }
}
