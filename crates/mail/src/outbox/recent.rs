//! Short-lived cache of values per data center, which saves a database query per message.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::DataCenterId;

/// Lifetime of a value, because another server may change it. Changes by this server invalidate it
/// immediately.
const TTL: Duration = Duration::from_secs(1);

/// Values with the time of their query and the number of changes before it.
#[derive(Debug)]
pub(crate) struct Recent<T>(Mutex<HashMap<DataCenterId, (Instant, u64, T)>>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Recent<T> {
    fn all(&self) -> MutexGuard<'_, HashMap<DataCenterId, (Instant, u64, T)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a value that is at most a second old and not older than the last change.
    pub(crate) fn get(&self, id: &DataCenterId, changes: u64) -> Option<T> {
        let all = self.all();
        let (since, of, value) = all.get(id)?;
        (since.elapsed() < TTL && *of == changes).then(|| value.clone())
    }

    /// Stores a value that was queried after `changes` changes.
    pub(crate) fn insert(&self, id: &DataCenterId, changes: u64, value: T) {
        self.all()
            .insert(id.clone(), (Instant::now(), changes, value));
    }

    /// Removes a value, so the next use queries it again.
    pub(crate) fn remove(&self, id: &DataCenterId) {
        self.all().remove(id);
    }
}
