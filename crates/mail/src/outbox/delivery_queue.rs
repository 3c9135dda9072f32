//! The delivery queue of one data center: claims due messages and starts connections for them.

mod throttle;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use domain::{DataCenterId, Finding, SendingPause, UnixTime};
use store::Claim;
use tokio::{
    sync::{Mutex as AsyncMutex, Notify, mpsc, watch},
    task::JoinSet,
};

use super::{
    delivery_worker,
    job::Job,
    lease::{Lease, Leases},
    outcome_writer::Settled,
    plan::{Plan, PlanKey},
    ready_queue::ReadyQueue,
};
use crate::{MailError, Mailer, database_clock::held_for};
use throttle::Throttle;

/// Maximum number of messages that wait in memory for a connection.
const MAX_READY: usize = 128;
/// More messages are claimed when no more than this wait.
const REFILL_BELOW: usize = 64;
/// Maximum octets of one claim. A single larger message is claimed nevertheless.
const MAX_CLAIM_OCTETS: i64 = 8 * 1024 * 1024;

/// The state that the tasks of one data center share.
#[derive(Debug)]
pub(super) struct DeliveryQueue {
    pub(super) mailer: Mailer,
    pub(super) id: DataCenterId,
    pub(super) ready: ReadyQueue,
    pub(super) wake: Notify,
    pub(super) settled: mpsc::Sender<Settled>,
    /// Stage of the shutdown. 1: start nothing new. 2: stop attempts under way.
    pub(super) stopping: watch::Receiver<u8>,
    leases: Arc<Leases>,
    workers: AtomicU32,
    throttle: Mutex<Throttle>,
}

impl DeliveryQueue {
    pub(super) fn new(
        mailer: Mailer,
        id: DataCenterId,
        settled: mpsc::Sender<Settled>,
        stopping: watch::Receiver<u8>,
        leases: Arc<Leases>,
    ) -> Self {
        Self {
            mailer,
            id,
            ready: ReadyQueue::default(),
            wake: Notify::new(),
            settled,
            stopping,
            leases,
            workers: AtomicU32::new(0),
            throttle: Mutex::default(),
        }
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow() > 0
    }

    /// Sends due messages until the server stops. `workers` keeps the connections if this future
    /// panics and is restarted.
    pub(super) async fn run(self: Arc<Self>, workers: Arc<AsyncMutex<JoinSet<()>>>) {
        let mut workers = workers.lock().await;
        let mut stopping = self.stopping.clone();
        while !self.is_stopping() {
            while workers.try_join_next().is_some() {}
            // Read before the round, which checks it too. Otherwise its end could be missed in
            // between.
            let cool = self.throttle().cooling_until();
            let more = match self.claim_due(&mut workers).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, data_center = %self.id, "cannot claim mail");
                    false
                }
            };
            let cooled = async {
                match cool {
                    Some(until) => tokio::time::sleep_until(until.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = stopping.changed() => {}
                () = self.wake.notified() => {}
                () = self.ready.taken.notified(), if more => {}
                () = cooled => {}
            }
        }
        self.give_back(self.ready.close()).await;
        while workers.join_next().await.is_some() {}
    }

    /// Claims due messages up to the free capacity. Returns true if more may be due.
    async fn claim_due(self: &Arc<Self>, workers: &mut JoinSet<()>) -> Result<bool, MailError> {
        if self.throttle().cooling_until().is_some() {
            return Ok(false);
        }
        let plan = match self.mailer.clock_differs() {
            Some(_) => None,
            None => self.plan().await?,
        };
        let Some(plan) = plan else {
            self.give_back(self.ready.drain()).await;
            return Ok(false);
        };
        // A connection may have ended just as a message arrived.
        self.start_workers(&plan, workers).await?;
        let queued = self.ready.len();
        if queued > REFILL_BELOW {
            return Ok(true);
        }
        // If connections are limited, one is needed before anything is claimed.
        if self.workers.load(Ordering::Relaxed) == 0
            && plan.limits.connections.is_some()
            && !self.start_worker(&plan, workers).await?
        {
            return Ok(false);
        }
        let limited = plan.limits.per_minute.is_some() || plan.limits.per_day.is_some();
        // A claim counts toward the rate limits, so its messages should not wait for long.
        let room = if limited {
            self.allowed(&plan) as usize
        } else {
            MAX_READY - queued
        };
        let options = &self.mailer.0.options.outbox;
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        let lease = Arc::new(Lease::new(
            self.mailer.new_lease(),
            self.id.clone(),
            limited,
        ));
        // Registered before the claim, which keeps this process from releasing its own lease as
        // expired.
        self.leases.add(&lease);
        let began = self.mailer.boot_time();
        let except = self.leases.over(&self.id, began);
        let now = self.mailer.now();
        let until = self.mailer.database_now().await?;
        let claim = Claim {
            data_center: &self.id,
            lease: &lease.name,
            until: until.plus(options.lease.into()),
            except: &except,
            at_most: room,
            octets: MAX_CLAIM_OCTETS,
            per_minute: plan.limits.per_minute,
            per_day: plan.limits.per_day,
        };
        let claimed = self.mailer.store().claim(&claim, now).await?;
        let count = claimed.messages.len();
        if count == 0 {
            return Ok(false);
        }
        let jobs = claimed.messages.into_iter().map(|message| Job {
            message,
            lease: Arc::clone(&lease),
            counted: limited,
        });
        // Another server took over these messages after their lease expired and released them,
        // while attempts of this process are still under way.
        let (under_way, new): (Vec<_>, Vec<_>) =
            jobs.partition(|job| self.leases.is_under_way(&job.message.id));
        let ids = new.iter().map(|job| job.message.id.clone());
        lease.hold(ids, began + held_for(options.lease));
        for job in new {
            self.ready.push(job);
        }
        self.give_back(under_way).await;
        self.start_workers(&plan, workers).await?;
        Ok(!claimed.limited)
    }

    /// Starts connections while more messages than connections wait, up to the limit.
    async fn start_workers(
        self: &Arc<Self>,
        plan: &Plan,
        workers: &mut JoinSet<()>,
    ) -> Result<(), MailError> {
        while (self.workers.load(Ordering::Relaxed) as usize) < self.ready.len()
            && self.start_worker(plan, workers).await?
        {}
        Ok(())
    }

    /// Returns the number of connections allowed now.
    fn allowed(&self, plan: &Plan) -> u32 {
        let own = self.mailer.0.options.outbox.connections;
        let allowed = plan.limits.connections.map_or(own, |limit| limit.min(own));
        self.throttle().connections(allowed)
    }

    /// Starts one connection. Returns false if the limit is reached.
    async fn start_worker(
        self: &Arc<Self>,
        plan: &Plan,
        workers: &mut JoinSet<()>,
    ) -> Result<bool, MailError> {
        if self.workers.load(Ordering::Relaxed) >= self.allowed(plan) {
            return Ok(false);
        }
        let slot = match plan.limits.connections {
            None => None,
            Some(limit) => {
                let now = self.mailer.database_now().await?;
                let lease = self.mailer.0.options.outbox.lease;
                let (owner, until) = (self.mailer.0.owner.as_str(), now.plus(lease.into()));
                let store = self.mailer.store();
                let slot = store.take_slot(&self.id, limit, owner, until, now).await?;
                if slot.is_none() {
                    return Ok(false);
                }
                slot
            }
        };
        self.workers.fetch_add(1, Ordering::Relaxed);
        workers.spawn(delivery_worker::run(Arc::clone(self), slot));
        Ok(true)
    }

    /// Records that a connection has ended, and frees its slot.
    pub(super) async fn leave(&self, slot: Option<i64>) {
        self.workers.fetch_sub(1, Ordering::Relaxed);
        if let Some(slot) = slot {
            let owner = self.mailer.0.owner.as_str();
            if let Err(error) = self.mailer.store().free_slot(&self.id, slot, owner).await {
                tracing::warn!(error = &error as &dyn std::error::Error, data_center = %self.id, "cannot give a connection back");
            }
        }
        // Messages may have arrived just as it ended.
        self.wake.notify_one();
    }

    /// Returns the settings to send with now; `None` if mail has to wait.
    pub(super) async fn plan(&self) -> Result<Option<Arc<Plan>>, MailError> {
        let shared = &self.mailer.0.outbox;
        let changes = shared.changes();
        if let Some(plan) = shared.plans.get(&self.id, changes) {
            return Ok(Some(plan));
        }
        let plan = self.mailer.plan(&self.id).await?;
        if let Some(plan) = &plan {
            shared.plans.put(&self.id, changes, Arc::clone(plan));
        }
        Ok(plan)
    }

    /// Releases messages that were not tried. They stay due.
    pub(super) async fn give_back(&self, jobs: Vec<Job>) {
        for counted in [false, true] {
            let (ids, leases): (Vec<_>, Vec<_>) = jobs
                .iter()
                .filter(|job| job.counted == counted)
                .map(|job| ((job.message.id.clone(), job.lease.name.clone()), job))
                .unzip();
            if ids.is_empty() {
                continue;
            }
            let store = self.mailer.store();
            if let Err(error) = store
                .release(&self.id, &ids, counted, self.mailer.now())
                .await
            {
                // Their leases expire by themselves.
                tracing::warn!(error = &error as &dyn std::error::Error, data_center = %self.id, "cannot give messages back");
            }
            for job in leases {
                job.lease.end(&job.message.id);
            }
        }
    }

    /// Resets failures and pauses after a message was accepted.
    pub(super) fn accepted(&self) {
        self.throttle().accepted();
    }

    /// Stops connection attempts for a moment after one failed.
    pub(super) async fn cool_down(&self) {
        self.throttle().failed();
        self.give_back(self.ready.drain()).await;
        self.wake.notify_one();
    }

    /// Records that the server refused the current number of connections.
    pub(super) fn crowded(&self) {
        let workers = self.workers.load(Ordering::Relaxed);
        self.throttle().crowded(workers);
    }

    /// Pauses the data center because a quota is used up, a sign-in was refused, or an
    /// administrator has to change something. `key` identifies the settings and grant of the
    /// attempt with this finding, and `started` is its start.
    pub(super) async fn pause(&self, finding: &Finding, key: PlanKey, started: UnixTime) {
        let now = self.mailer.now();
        let Some(until) = self.throttle().pause(finding.code, key, started, now) else {
            return;
        };
        self.mailer.0.outbox.plans.forget(&self.id);
        let pause = SendingPause {
            until,
            finding: finding.clone(),
        };
        let seconds = until.since(now);
        let code = finding.code.code();
        tracing::warn!(data_center = %self.id, finding = code, seconds, "sending pauses");
        if let Err(error) = self.mailer.store().pause_sending(&self.id, &pause).await {
            tracing::error!(error = &error as &dyn std::error::Error, data_center = %self.id, "cannot pause");
            self.cool_down().await;
        }
        self.give_back(self.ready.drain()).await;
    }
}
