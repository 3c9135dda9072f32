//! Heartbeats of background tasks, and whether storing mail works.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Time without a heartbeat after which a task is considered stuck.
const STUCK_AFTER: Duration = Duration::from_mins(5);
/// Time after a failure during which storing counts as failing, unless a message is stored.
const FAILED_FOR: Duration = Duration::from_secs(15);

/// The latest heartbeats of background tasks.
#[derive(Debug, Default)]
pub(crate) struct Liveness {
    heartbeats: Mutex<BTreeMap<&'static str, Instant>>,
    /// Time of the latest failure to store new mail, if none was stored since.
    store_failed: Mutex<Option<tokio::time::Instant>>,
}

impl Liveness {
    /// Records a heartbeat of a background task. If no further heartbeat follows, the server
    /// becomes not ready.
    pub(crate) fn heartbeat(&self, task: &'static str) {
        self.heartbeats().insert(task, Instant::now());
    }

    /// Stops monitoring a background task that ended as planned.
    pub(crate) fn remove(&self, task: &'static str) {
        self.heartbeats().remove(task);
    }

    /// Returns a task without a recent heartbeat, if any.
    pub(crate) fn stuck_task(&self) -> Option<&'static str> {
        let heartbeats = self.heartbeats();
        let stuck = heartbeats.iter().find(|(_, at)| at.elapsed() > STUCK_AFTER);
        stuck.map(|(task, _)| *task)
    }

    /// Records whether storing mail failed.
    pub(crate) fn record_storing(&self, failed: bool) {
        *self.store_failed() = failed.then(tokio::time::Instant::now);
    }

    /// Returns true if storing new mail failed recently.
    pub(crate) fn is_storing_failing(&self) -> bool {
        self.store_failed()
            .is_some_and(|at| at.elapsed() < FAILED_FOR)
    }

    fn heartbeats(&self) -> MutexGuard<'_, BTreeMap<&'static str, Instant>> {
        self.heartbeats
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn store_failed(&self) -> MutexGuard<'_, Option<tokio::time::Instant>> {
        let failed = self.store_failed.lock();
        failed.unwrap_or_else(PoisonError::into_inner)
    }
}
