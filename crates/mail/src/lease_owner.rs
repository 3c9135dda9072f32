//! The identity of this process in leases.

use std::sync::atomic::{AtomicU64, Ordering};

/// Identifies this process as the holder of leases.
#[derive(Debug)]
pub(crate) struct LeaseOwner {
    owner: String,
    count: AtomicU64,
}

impl LeaseOwner {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            owner: format!("{prefix}{}", clock::random::token::<16>()),
            count: AtomicU64::new(0),
        }
    }

    /// Returns the name of this process, unique among all servers on one database.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// Returns a lease name that is unique across processes.
    pub(crate) fn new_lease(&self) -> String {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        format!("{}.{number}", self.owner)
    }
}
