//! The open connections: their number, their addresses, and which of them are idle.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{Limits, config::AddressLimits, limited_counters::network};

/// Limits on the number of open connections.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// Total number of open connections.
    pub connections: usize,
    /// Number of these that are reserved for health checks and the API.
    pub reserved: usize,
    /// Limit for one address that is not a trusted proxy.
    pub per_address: Option<NonZeroU32>,
}

impl Capacity {
    /// Returns the limits of connections among all limits.
    pub fn of(limits: &Limits, of_address: AddressLimits) -> Self {
        Self {
            connections: limits.connections,
            reserved: limits.reserved,
            per_address: of_address.connections,
        }
    }
}

/// The reason that a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The total limit is reached, and no connection is idle.
    Server,
    /// The limit of this address is reached, and none of its connections is idle.
    Address,
}

#[derive(Debug)]
struct Entry {
    address: IpAddr,
    /// Start of the idle period; `None` while a request is in flight.
    idle_since: Option<Instant>,
    /// True if it has carried a request.
    is_used: bool,
    close: CancellationToken,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    by_id: HashMap<u64, Entry>,
    by_address: HashMap<IpAddr, u32>,
}

impl Open {
    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.by_id.remove(&id)?;
        if let Some(count) = self.by_address.get_mut(&entry.address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&entry.address);
            }
        }
        Some(entry)
    }

    /// Closes the connection that has been idle longest, used connections before new ones. Returns
    /// false if no connection is idle.
    fn close_idle(&mut self, of: Option<IpAddr>) -> bool {
        let idle = self.by_id.iter().filter_map(|(id, entry)| {
            let is_meant = of.is_none_or(|address| entry.address == address);
            let since = entry.idle_since.filter(|_| is_meant)?;
            Some((!entry.is_used, since, *id))
        });
        let Some((.., id)) = idle.min() else {
            return false;
        };
        if let Some(entry) = self.remove(id) {
            entry.close.cancel();
        }
        true
    }
}

/// The open connections.
#[derive(Debug)]
pub struct Registry {
    capacity: Capacity,
    open: Mutex<Open>,
}

impl Registry {
    /// Returns a registry without connections.
    pub fn new(capacity: Capacity) -> Self {
        let open = Mutex::default();
        Self { capacity, open }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection. If the limit is reached, closes an idle one first.
    ///
    /// # Errors
    ///
    /// Returns an error if the limit is reached and no connection is idle.
    pub fn admit(self: &Arc<Self>, address: IpAddr, is_proxy: bool) -> Result<Connection, Full> {
        let address = network(address);
        let Capacity {
            connections,
            reserved,
            per_address,
        } = self.capacity;
        let mut open = self.open();
        let from_there = open.by_address.get(&address).copied().unwrap_or(0);
        let limit = per_address.filter(|_| !is_proxy);
        if limit.is_some_and(|limit| from_there >= limit.get()) && !open.close_idle(Some(address)) {
            return Err(Full::Address);
        }
        let is_nearly_full = open.by_id.len() >= connections.saturating_sub(reserved);
        if is_nearly_full && !open.close_idle(None) && open.by_id.len() >= connections {
            return Err(Full::Server);
        }
        let id = open.next;
        open.next += 1;
        *open.by_address.entry(address).or_default() += 1;
        let close = CancellationToken::new();
        let entry = Entry {
            address,
            idle_since: Some(Instant::now()),
            is_used: false,
            close: close.clone(),
        };
        open.by_id.insert(id, entry);
        Ok(Connection {
            registry: Arc::clone(self),
            id,
            close,
        })
    }

    /// Returns true while only the reserved connections are left.
    fn is_nearly_full(&self) -> bool {
        let left = self
            .capacity
            .connections
            .saturating_sub(self.capacity.reserved);
        self.open().by_id.len() > left
    }

    fn set(&self, id: u64, is_idle: bool) {
        if let Some(entry) = self.open().by_id.get_mut(&id) {
            entry.idle_since = is_idle.then(Instant::now);
            entry.is_used = true;
        }
    }
}

/// A connection that is open until this is dropped.
#[derive(Debug)]
pub struct Connection {
    registry: Arc<Registry>,
    id: u64,
    /// Cancelled when the connection must close to make way for another one.
    pub close: CancellationToken,
}

impl Connection {
    /// Marks the connection as busy until the returned value is dropped.
    pub fn begin_request(&self) -> Busy {
        self.registry.set(self.id, false);
        Busy {
            registry: Arc::clone(&self.registry),
            id: self.id,
        }
    }

    /// Returns true while only the reserved connections are left.
    pub fn is_nearly_full(&self) -> bool {
        self.registry.is_nearly_full()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.registry.open().remove(self.id);
    }
}

/// A request in flight.
#[derive(Debug)]
pub struct Busy {
    registry: Arc<Registry>,
    id: u64,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.registry.set(self.id, true);
    }
}

/// A body that keeps a value alive until it has been sent.
pub struct GuardedBody<T> {
    body: Body,
    _held: T,
}

impl<T: Send + Unpin + 'static> GuardedBody<T> {
    /// Wraps a body together with a value that lives as long as the body.
    pub fn body(body: Body, held: T) -> Body {
        Body::new(Self { body, _held: held })
    }
}

impl<T: Unpin> hyper::body::Body for GuardedBody<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

    use super::{Capacity, Full, Registry};

    fn registry(connections: usize, per_address: u32) -> Arc<Registry> {
        Arc::new(Registry::new(Capacity {
            connections,
            reserved: 1,
            per_address: NonZeroU32::new(per_address),
        }))
    }

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn an_idle_connection_makes_room_and_a_busy_one_does_not() {
        let registry = registry(3, 0);
        let one = registry.admit(address(1), false).unwrap();
        let busy = one.begin_request();
        let two = registry.admit(address(2), false).unwrap();
        drop(two.begin_request());
        let three = registry.admit(address(3), false).unwrap();
        assert!(two.close.is_cancelled() && !one.close.is_cancelled());
        let _three = three.begin_request();
        let four = registry.admit(address(4), false).unwrap();
        assert!(four.is_nearly_full());
        let _four = four.begin_request();
        let refused = registry.admit(address(5), false);
        assert_eq!(refused.unwrap_err(), Full::Server);
        drop(busy);
        assert!(registry.admit(address(5), false).is_ok());
        assert!(one.close.is_cancelled());
    }

    #[test]
    fn an_address_has_a_limit_and_a_trusted_proxy_has_none() {
        let registry = registry(100, 2);
        let admit = || registry.admit(address(1), false);
        let (one, two) = (admit().unwrap(), admit().unwrap());
        let (first, _second) = (one.begin_request(), two.begin_request());
        assert_eq!(admit().unwrap_err(), Full::Address);
        assert!(registry.admit(address(2), false).is_ok());
        assert!(registry.admit(address(1), true).is_ok());
        drop(first);
        let three = admit().unwrap();
        assert!(one.close.is_cancelled());
        drop((one, two, three));
        assert!(registry.open().by_address.is_empty());
    }
}
