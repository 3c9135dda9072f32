//! What was just looked up of a data center, so that it is not looked up for every message.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::DataCenterId;

/// Another server may have changed it; of what this one changes it is told.
const LASTS: Duration = Duration::from_secs(1);

/// Values, each with how many changes there had been before it was looked up.
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

    /// What was looked up at most a second ago and since the last change.
    pub(crate) fn get(&self, id: &DataCenterId, changes: u64) -> Option<T> {
        let all = self.all();
        let (since, of, value) = all.get(id)?;
        (since.elapsed() < LASTS && *of == changes).then(|| value.clone())
    }

    /// Keeps what was looked up after so many changes.
    pub(crate) fn put(&self, id: &DataCenterId, changes: u64, value: T) {
        self.all()
            .insert(id.clone(), (Instant::now(), changes, value));
    }

    /// It has to be looked up anew.
    pub(crate) fn forget(&self, id: &DataCenterId) {
        self.all().remove(id);
    }
}
