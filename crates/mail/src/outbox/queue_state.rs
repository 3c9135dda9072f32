//! State that the tasks of a delivery queue share.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use domain::{DataCenterId, Finding, SendingPause, UnixTime};
use tokio::sync::{Notify, mpsc, watch};

use super::{
    Outbox,
    lease::Leases,
    outcome_writer::Outcome,
    plan::{Plan, PlanKey},
    queued_message::QueuedMessage,
    ready_queue::ReadyQueue,
    throttle::Throttle,
};
use crate::MailError;

/// Messages, connections, and limits of one data center.
#[derive(Debug)]
pub(super) struct QueueState {
    pub(super) outbox: Arc<Outbox>,
    pub(super) id: DataCenterId,
    pub(super) ready: ReadyQueue,
    pub(super) wake: Notify,
    pub(super) outcomes: mpsc::Sender<Outcome>,
    /// Stage of the shutdown. 1: start no attempts. 2: abort running attempts.
    pub(super) stopping: watch::Receiver<u8>,
    pub(super) leases: Arc<Leases>,
    workers: AtomicU32,
    throttle: Mutex<Throttle>,
}

impl QueueState {
    pub(super) fn new(
        outbox: Arc<Outbox>,
        id: DataCenterId,
        outcomes: mpsc::Sender<Outcome>,
        stopping: watch::Receiver<u8>,
        leases: Arc<Leases>,
    ) -> Self {
        Self {
            outbox,
            id,
            ready: ReadyQueue::default(),
            wake: Notify::new(),
            outcomes,
            stopping,
            leases,
            workers: AtomicU32::new(0),
            throttle: Mutex::default(),
        }
    }

    /// Returns the number of open connections.
    pub(super) fn workers(&self) -> u32 {
        self.workers.load(Ordering::Relaxed)
    }

    /// Registers a new connection.
    pub(super) fn join(&self) {
        self.workers.fetch_add(1, Ordering::Relaxed);
    }

    /// Unregisters a connection and releases its slot.
    pub(super) async fn leave(&self, slot: Option<i64>) {
        self.workers.fetch_sub(1, Ordering::Relaxed);
        if let Some(slot) = slot {
            let owner = self.outbox.leases.owner();
            if let Err(error) = self.outbox.store.free_slot(&self.id, slot, owner).await {
                tracing::warn!(error = &error as &dyn std::error::Error, data_center = %self.id, "connection slot not released");
            }
        }
        // Messages may have arrived just when it ended.
        self.wake.notify_one();
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow() > 0
    }

    pub(super) fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the current plan, or `None` if mail must wait.
    pub(super) async fn plan(&self) -> Result<Option<Arc<Plan>>, MailError> {
        let shared = &self.outbox.shared;
        let changes = self.outbox.changes.count();
        if let Some(plan) = shared.plans.get(&self.id, changes) {
            return Ok(Some(plan));
        }
        let plan = self.outbox.plan(&self.id).await?;
        if let Some(plan) = &plan {
            shared.plans.insert(&self.id, changes, Arc::clone(plan));
        }
        Ok(plan)
    }

    /// Releases messages that were not tried. They stay due.
    pub(super) async fn release(&self, messages: Vec<QueuedMessage>) {
        for counted in [false, true] {
            let (ids, leases): (Vec<_>, Vec<_>) = messages
                .iter()
                .filter(|queued| queued.counted == counted)
                .map(|queued| {
                    (
                        (queued.message.id.clone(), queued.lease.name.clone()),
                        queued,
                    )
                })
                .unzip();
            if ids.is_empty() {
                continue;
            }
            let store = &self.outbox.store;
            if let Err(error) = store
                .release(&self.id, &ids, counted, self.outbox.clock.now())
                .await
            {
                // Their leases expire by themselves.
                tracing::warn!(error = &error as &dyn std::error::Error, data_center = %self.id, "messages not released");
            }
            for queued in leases {
                queued.lease.end(&queued.message.id);
            }
        }
    }

    /// Resets failures and pauses after a message was accepted.
    pub(super) fn accepted(&self) {
        self.throttle().accepted();
    }

    /// Delays new connections for a moment after one failed.
    pub(super) async fn cool_down(&self) {
        self.throttle().failed();
        self.release(self.ready.drain()).await;
        self.wake.notify_one();
    }

    /// Records that the server rejected a connection because there are too many.
    pub(super) fn too_many_connections(&self) {
        self.throttle().too_many_connections(self.workers());
    }

    /// Pauses the data center because a quota is used up, a sign-in was rejected, or an
    /// administrator must change something. `key` identifies the settings and grant of the attempt
    /// with this finding, and `started` is its start.
    pub(super) async fn pause(&self, finding: &Finding, key: PlanKey, started: UnixTime) {
        let now = self.outbox.clock.now();
        let Some(until) = self.throttle().pause(finding.code, key, started, now) else {
            return;
        };
        self.outbox.shared.plans.remove(&self.id);
        let pause = SendingPause {
            until,
            finding: finding.clone(),
        };
        let seconds = until.since(now);
        let code = finding.code.code();
        tracing::warn!(data_center = %self.id, finding = code, seconds, "sending paused");
        if let Err(error) = self.outbox.store.pause_sending(&self.id, &pause).await {
            tracing::error!(error = &error as &dyn std::error::Error, data_center = %self.id, "pause not stored");
            self.cool_down().await;
        }
        self.release(self.ready.drain()).await;
    }
}
