//! In-flight body budget: limits the octets of submitted messages held in memory, independent of
//! the number of connections and of how the messages arrive.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const KIBIBYTE: u64 = 1_024;

/// The budget. Clones share it.
#[derive(Clone, Debug)]
pub struct BodyBudget {
    free: Arc<Semaphore>,
    all: u32,
    timeout: Duration,
}

impl BodyBudget {
    /// Returns a budget of this many kibibytes. Submissions wait up to `timeout` for their share.
    pub fn new(kibibytes: u32, timeout: Duration) -> Self {
        Self {
            free: Arc::new(Semaphore::new(kibibytes as usize)),
            all: kibibytes,
            timeout,
        }
    }

    /// Reserves budget for this many octets until the result is dropped. Returns `None` if it is
    /// not available in time.
    pub async fn reserve(&self, octets: u64) -> Option<OwnedSemaphorePermit> {
        let wanted = u32::try_from(octets.div_ceil(KIBIBYTE)).unwrap_or(u32::MAX);
        let free = Arc::clone(&self.free);
        let acquired = free.acquire_many_owned(wanted.min(self.all));
        if let Ok(Ok(permit)) = tokio::time::timeout(self.timeout, acquired).await {
            return Some(permit);
        }
        tracing::warn!(
            wanted_kib = wanted,
            "submission refused: memory limit reached"
        );
        None
    }
}
