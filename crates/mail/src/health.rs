//! Readiness: liveness of background tasks and write access to the database.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::AlertKind;
use store::Store;
use tokio::{sync::Mutex, time::timeout};

use crate::{
    MailError, Reachability, ServerClock, ServerConditions, Supervisor, liveness::Liveness,
};

/// Shortest interval between test writes to the database.
const PROBE_INTERVAL: Duration = Duration::from_secs(5);
/// Time limit of a readiness check of the database.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// The reason why this server should receive no requests.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    /// The database does not respond or cannot be written.
    #[error("the database cannot be read or written")]
    Database(#[from] MailError),
    /// The database did not respond in time.
    #[error("the database did not respond in time")]
    Timeout,
    /// A background task is stuck.
    #[error("the background task {0} is stuck")]
    Stuck(&'static str),
    /// A background task failed and has not run long enough since.
    #[error("the background task {0} failed")]
    Failed(&'static str),
    /// Storing new mail failed recently.
    #[error("new mail could not be stored")]
    Storing,
    /// A condition prevents the server from working.
    #[error("the server is not ready because of the condition {}", .0.code())]
    Condition(AlertKind),
}

/// Readiness of this server.
#[derive(Debug)]
pub struct Health {
    store: Store,
    clock: Arc<ServerClock>,
    liveness: Arc<Liveness>,
    supervisor: Arc<Supervisor>,
    conditions: Arc<ServerConditions>,
    reachability: Arc<Reachability>,
    /// Time of the last successful test write.
    written: Mutex<Option<Instant>>,
}

impl Health {
    pub(crate) fn new(
        store: Store,
        clock: Arc<ServerClock>,
        liveness: Arc<Liveness>,
        supervisor: Arc<Supervisor>,
        conditions: Arc<ServerConditions>,
        reachability: Arc<Reachability>,
    ) -> Self {
        Self {
            store,
            clock,
            liveness,
            supervisor,
            conditions,
            reachability,
            written: Mutex::default(),
        }
    }

    /// Returns false if a background task has been stuck for 5 minutes, which only a restart ends.
    pub fn is_alive(&self) -> bool {
        self.liveness.stuck_task().is_none()
    }

    /// Checks that this server can work: the database responds and can be written, no task is
    /// stuck, and no condition stops the server.
    ///
    /// # Errors
    /// The first reason why the server is not ready.
    pub async fn ready(&self) -> Result<(), NotReady> {
        if let Some(task) = self.liveness.stuck_task() {
            return Err(NotReady::Stuck(task));
        }
        if let Some(task) = self.supervisor.failing_task() {
            return Err(NotReady::Failed(task));
        }
        let mut conditions = self.conditions.all().into_iter();
        if let Some((kind, _)) = conditions.find(|(kind, _)| kind.stops_server()) {
            return Err(NotReady::Condition(kind));
        }
        if !self.reachability.is_reachable() {
            return Err(NotReady::Timeout);
        }
        if self.liveness.is_storing_failing() {
            return Err(NotReady::Storing);
        }
        timeout(PROBE_TIMEOUT, self.probe_database())
            .await
            .unwrap_or(Err(NotReady::Timeout))
    }

    async fn probe_database(&self) -> Result<(), NotReady> {
        self.store.data_centers().await.map_err(MailError::from)?;
        // The lock and the interval limit writes, since anyone may call this.
        let mut written = self.written.lock().await;
        if written.is_none_or(|at| at.elapsed() > PROBE_INTERVAL) {
            *written = None;
            let probe = self.store.probe_writing(self.clock.now()).await;
            probe.map_err(MailError::from)?;
            *written = Some(Instant::now());
        }
        Ok(())
    }
}
