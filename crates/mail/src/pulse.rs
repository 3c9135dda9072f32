//! Readiness: liveness of background tasks and write access to the database.

use std::{
    collections::BTreeMap,
    sync::{Mutex as StdMutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::AlertKind;
use tokio::{sync::Mutex, time::timeout};

use crate::{MailError, Mailer};

/// A task without a heartbeat for this long is stuck.
const STUCK_AFTER: Duration = Duration::from_mins(5);
/// Shortest interval between test writes to the database.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// Time limit of a readiness check of the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// Time for which a server is not ready after a failure to store mail, unless it stores some.
const FAILED_FOR: Duration = Duration::from_secs(15);

/// The last heartbeats of background tasks.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    beats: StdMutex<BTreeMap<&'static str, Instant>>,
    written: Mutex<Option<Instant>>,
    /// Time of the last failure to store new mail, if none was stored since.
    store_failed: StdMutex<Option<tokio::time::Instant>>,
}

impl Pulse {
    pub(crate) fn store_failed(&self) -> MutexGuard<'_, Option<tokio::time::Instant>> {
        let failed = self.store_failed.lock();
        failed.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reason why this server should receive no requests.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database does not answer, or cannot be written.
    #[error("the database cannot be read and written")]
    Database(#[from] MailError),
    /// The database did not respond in time.
    #[error("the database does not answer in time")]
    Timeout,
    /// A background task is stuck.
    #[error("the task {0} is stuck")]
    Stuck(&'static str),
    /// A background task failed and has not yet run again for long enough.
    #[error("the task {0} failed")]
    Failed(&'static str),
    /// Storing new mail failed recently.
    #[error("new mail could not be stored")]
    Storing,
    /// A condition stops the server from working.
    #[error("the condition {} stops the server", .0.code())]
    Condition(AlertKind),
}

impl Mailer {
    /// Records a heartbeat of a background task. From then on, missing heartbeats make the server
    /// not ready.
    pub(crate) fn beat(&self, task: &'static str) {
        let beats = self.0.pulse.beats.lock();
        let mut beats = beats.unwrap_or_else(PoisonError::into_inner);
        beats.insert(task, Instant::now());
    }

    /// Ends the monitoring of a background task that ended as planned.
    pub(crate) fn rest(&self, task: &'static str) {
        let beats = self.0.pulse.beats.lock();
        let mut beats = beats.unwrap_or_else(PoisonError::into_inner);
        beats.remove(task);
    }

    /// Checks that this server can work: the database responds and can be written, no task is
    /// stuck, and no condition stops the server.
    ///
    /// # Errors
    /// The first reason why the server is not ready.
    pub async fn ready(&self) -> Result<(), NotReady> {
        let stuck = {
            let beats = self.0.pulse.beats.lock();
            let beats = beats.unwrap_or_else(PoisonError::into_inner);
            let stuck = beats.iter().find(|(_, at)| at.elapsed() > STUCK_AFTER);
            stuck.map(|(task, _)| *task)
        };
        if let Some(task) = stuck {
            return Err(NotReady::Stuck(task));
        }
        if let Some(task) = self.0.failures.any() {
            return Err(NotReady::Failed(task));
        }
        let mut conditions = self.server_conditions().into_iter();
        if let Some((kind, _)) = conditions.find(|(kind, _)| kind.stops_server()) {
            return Err(NotReady::Condition(kind));
        }
        if !self.database_is_reachable() {
            return Err(NotReady::Timeout);
        }
        let failed = *self.0.pulse.store_failed();
        if failed.is_some_and(|at| at.elapsed() < FAILED_FOR) {
            return Err(NotReady::Storing);
        }
        let asked = async {
            self.store().data_centers().await.map_err(MailError::from)?;
            // The lock and the interval limit writes, since anyone may call this.
            let mut written = self.0.pulse.written.lock().await;
            if written.is_none_or(|at| at.elapsed() > PROBE_EVERY) {
                *written = None;
                let probe = self.store().probe_writing(self.now()).await;
                probe.map_err(MailError::from)?;
                *written = Some(Instant::now());
            }
            Ok(())
        };
        timeout(PATIENCE, asked)
            .await
            .unwrap_or(Err(NotReady::Timeout))
    }
}
