//! Delivery: finds data centers with due mail and runs a delivery queue for each of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as StdMutex, PoisonError},
    time::Duration,
};

use domain::{DataCenterId, SendingSettings};
use tokio::{
    sync::{Mutex, mpsc, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{
    Outbox, delivery_queue::DeliveryQueue, lease::Leases, outcome_writer, queue_state::QueueState,
};
use crate::{MailError, server_clock::held_for};

/// Interval between deletions of expired data.
const RETENTION_INTERVAL: Duration = Duration::from_mins(10);
/// Maximum number of messages that one statement deletes.
const PRUNE_BATCH: u32 = 1_000;
/// Retention of idempotency keys, in seconds.
const IDEMPOTENCY_TTL: i64 = 7 * 86_400;

impl Outbox {
    /// Delivers due mail until `until` completes. Then gives running attempts a grace period and
    /// releases all messages that were not started.
    pub async fn deliver(self: &Arc<Self>, until: impl Future<Output = ()>) {
        // Logs the owner of this process's leases.
        tracing::info!(server = %self.leases.owner(), "delivery started");
        let (stop, stopping) = watch::channel(0);
        let (outcomes, recorded) = mpsc::channel(outcome_writer::MAX_WAITING);
        let writer = tokio::spawn(outcome_writer::supervised(Arc::clone(self), recorded));
        let leases = Arc::new(Leases::default());
        let mut helpers = JoinSet::new();
        helpers.spawn({
            let (outbox, leases) = (Arc::clone(self), Arc::clone(&leases));
            async move {
                let renew = || renew(Arc::clone(&outbox), Arc::clone(&leases));
                outbox.supervisor.supervise("lease renewal", renew).await
            }
        });
        helpers.spawn({
            let outbox = Arc::clone(self);
            async move {
                outbox
                    .supervisor
                    .supervise("retention", || prune(Arc::clone(&outbox)))
                    .await
            }
        });
        let queues = Arc::new(DeliveryQueues {
            outbox: Arc::clone(self),
            outcomes,
            stopping,
            leases,
            known: StdMutex::default(),
            tasks: Mutex::default(),
        });
        tokio::select! {
            () = until => {}
            never = self.supervisor.supervise("outbox", || Arc::clone(&queues).scan()) => match never {},
        }
        stop.send_replace(1);
        let mut tasks = std::mem::take(&mut *queues.tasks.lock().await);
        let grace = self.options.grace;
        for stage in [2, 3] {
            let all = async { while tasks.join_next().await.is_some() {} };
            if timeout(grace, all).await.is_ok() {
                break;
            }
            stop.send_replace(stage);
        }
        // Tasks may hang if the database is unreachable. Their leases expire by themselves.
        tasks.shutdown().await;
        drop(queues);
        match timeout(grace, writer).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "outcome writer failed"
                );
            }
            Err(_) => tracing::error!("attempts not recorded before the shutdown"),
        }
        helpers.shutdown().await;
    }

    /// Logs a warning for each configured data center that does not exist.
    pub async fn warn_of_unknown_data_centers(&self) {
        for id in &self.options.data_centers {
            if let Ok(None) = self.store.data_center(id).await {
                tracing::warn!(data_center = %id, "configured data center does not exist");
            }
        }
    }

    /// Returns the data centers that this server sends for and that have due mail. First releases
    /// expired leases, at each tick.
    async fn due(&self, ticked: bool, leases: &Leases) -> Result<Vec<DataCenterId>, MailError> {
        self.clock.compare().await?;
        if self.clock.excessive_difference().is_some() {
            return Ok(Vec::new());
        }
        if ticked {
            let now = self.clock.database_now().await?;
            // Read after the time, so that it includes every earlier claim.
            let live = leases.live();
            let released = self.store.release_expired(now, &live).await?;
            if released > 0 {
                tracing::warn!(messages = released, "leases of another server expired");
            }
        }
        let only = &self.options.data_centers;
        let mut due = self
            .store
            .data_centers_with_due_mail(self.clock.now())
            .await?;
        due.retain(|id| only.is_empty() || only.contains(id));
        Ok(due)
    }
}

/// The delivery queues of all data centers that had due mail. Each runs in a supervised task.
struct DeliveryQueues {
    outbox: Arc<Outbox>,
    outcomes: mpsc::Sender<outcome_writer::Outcome>,
    stopping: watch::Receiver<u8>,
    leases: Arc<Leases>,
    known: StdMutex<HashMap<DataCenterId, Arc<QueueState>>>,
    tasks: Mutex<JoinSet<()>>,
}

impl DeliveryQueues {
    /// Finds data centers with due mail and wakes their queues, until the future is dropped.
    async fn scan(self: Arc<Self>) {
        let outbox = &self.outbox;
        let mut changes = outbox.changes.subscribe();
        let mut tick = interval(outbox.options.poll);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let ticked = tokio::select! {
                () = outbox.shared.wake.notified() => false,
                Ok(()) = changes.changed() => false,
                _ = tick.tick() => true,
            };
            outbox.liveness.heartbeat("outbox");
            match outbox.due(ticked, &self.leases).await {
                Ok(due) => {
                    for id in due {
                        self.queue(id).await.wake.notify_one();
                    }
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "search for due messages failed"
                    );
                }
            }
            if outbox.clock.excessive_difference().is_some() {
                // Each queue then releases the messages that it has not started.
                let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                for queue in known.values() {
                    queue.wake.notify_one();
                }
            }
        }
    }

    /// Returns the delivery queue of a data center, and starts it on the first call.
    async fn queue(&self, id: DataCenterId) -> Arc<QueueState> {
        let mut tasks = self.tasks.lock().await;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = known.get(&id) {
            return Arc::clone(queue);
        }
        let queue = Arc::new(QueueState::new(
            Arc::clone(&self.outbox),
            id.clone(),
            self.outcomes.clone(),
            self.stopping.clone(),
            Arc::clone(&self.leases),
        ));
        tasks.spawn({
            let outbox = Arc::clone(&self.outbox);
            let queue = Arc::new(DeliveryQueue::new(Arc::clone(&queue)));
            async move {
                let connections = Arc::new(Mutex::default());
                let run = || {
                    let (queue, connections) = (Arc::clone(&queue), Arc::clone(&connections));
                    async move {
                        queue.run(connections).await;
                        Some(())
                    }
                };
                outbox
                    .supervisor
                    .supervise_until_done("delivery", run)
                    .await;
            }
        });
        known.insert(id, Arc::clone(&queue));
        queue
    }
}

/// Renews the leases of claimed messages, until the task is aborted.
async fn renew(outbox: Arc<Outbox>, leases: Arc<Leases>) {
    let seconds = outbox.options.lease;
    let mut tick = interval(Duration::from_secs(u64::from(seconds.max(1))) / 3);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(error) = renew_all(&outbox, &leases, seconds).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "leases not renewed"
            );
        }
    }
}

async fn renew_all(outbox: &Outbox, leases: &Leases, seconds: u32) -> Result<(), MailError> {
    let held_until = outbox.clock.boot_time() + held_for(seconds);
    let until = outbox.clock.database_now().await?.plus(seconds.into());
    for lease in leases.open() {
        let ids = outbox.store.renew_leases(&lease.name, until).await?;
        let finished = lease.renew(&ids, held_until);
        if !finished.is_empty() {
            let (id, counted, now) = (&lease.data_center, lease.counted, outbox.clock.now());
            let store = &outbox.store;
            store.release(id, &finished, counted, now).await?;
        }
    }
    Ok(outbox
        .store
        .renew_slots(outbox.leases.owner(), until)
        .await?)
}

/// Deletes expired data periodically, until the task is aborted.
async fn prune(outbox: Arc<Outbox>) {
    loop {
        if let Err(error) = outbox.prune_finished().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "old messages not removed"
            );
        }
        tokio::time::sleep(RETENTION_INTERVAL).await;
    }
}

impl Outbox {
    /// Deletes finished messages whose retention has ended, expired idempotency keys and connection
    /// slots, and counts that rate limits no longer need.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn prune_finished(&self) -> Result<(), MailError> {
        let (store, now) = (&self.store, self.clock.now());
        for data_center in store.data_centers().await? {
            let settings = store.sending_settings(&data_center.id).await?;
            let days = settings.retention_days;
            let days = days.unwrap_or(SendingSettings::RETENTION_DAYS);
            let before = now.plus(-86_400 * i64::from(days));
            while store
                .prune_messages(&data_center.id, before, PRUNE_BATCH)
                .await?
                == u64::from(PRUNE_BATCH)
            {
                tokio::task::yield_now().await;
            }
        }
        let slots = self.clock.database_now().await?;
        Ok(store
            .prune_sending_records(now.plus(-IDEMPOTENCY_TTL), slots, now)
            .await?)
    }
}
