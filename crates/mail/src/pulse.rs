//! Whether what goes on in the background still goes on, and whether the database can be written.

use std::{
    collections::BTreeMap,
    sync::{Mutex as StdMutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::AlertKind;
use tokio::{sync::Mutex, time::timeout};

use crate::{MailError, Mailer};

/// A task that has not shown itself for this long is stuck.
const STUCK_AFTER: Duration = Duration::from_mins(5);
/// The database is written at most this often to see whether it can be.
const PROBE_EVERY: Duration = Duration::from_secs(5);
/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server that could not store mail is not ready for this long, unless it stores some.
const FAILED_FOR: Duration = Duration::from_secs(15);

/// When the tasks in the background last showed themselves.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    beats: StdMutex<BTreeMap<&'static str, Instant>>,
    written: Mutex<Option<Instant>>,
    /// When new mail could not be stored the last time, if none was stored since.
    store_failed: StdMutex<Option<tokio::time::Instant>>,
}

impl Pulse {
    pub(crate) fn store_failed(&self) -> MutexGuard<'_, Option<tokio::time::Instant>> {
        let failed = self.store_failed.lock();
        failed.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why this server should get no requests.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database does not answer, or cannot be written.
    #[error("the database cannot be read and written")]
    Database(#[from] MailError),
    /// The database did not answer in time.
    #[error("the database does not answer in time")]
    Timeout,
    /// A task in the background is stuck.
    #[error("the task {0} is stuck")]
    Stuck(&'static str),
    /// A background task failed and has not yet run again for long enough.
    #[error("the task {0} failed")]
    Failed(&'static str),
    /// New mail could not be stored a moment ago.
    #[error("new mail could not be stored")]
    Storing,
    /// A condition of the server keeps it from its work.
    #[error("the condition {} stops the server", .0.code())]
    Condition(AlertKind),
}

impl Mailer {
    /// A task in the background shows that it goes on. From then on it is missed when it does not.
    pub(crate) fn beat(&self, task: &'static str) {
        let beats = self.0.pulse.beats.lock();
        let mut beats = beats.unwrap_or_else(PoisonError::into_inner);
        beats.insert(task, Instant::now());
    }

    /// A task in the background has ended on purpose.
    pub(crate) fn rest(&self, task: &'static str) {
        let beats = self.0.pulse.beats.lock();
        let mut beats = beats.unwrap_or_else(PoisonError::into_inner);
        beats.remove(task);
    }

    /// Whether this server can do its work: the database answers and can be written, nothing is stuck, and no condition of
    /// the server stops it.
    ///
    /// # Errors
    /// Why not.
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
            // One at a time, and anybody may ask: a flood of questions must not become a flood of writes.
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
