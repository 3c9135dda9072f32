//! Delivery: finds data centers with due mail and runs a delivery queue for each.

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

use super::{delivery_queue::DeliveryQueue, lease::Leases, outcome_writer};
use crate::{MailError, Mailer, database_clock::held_for};

/// Interval between removals of expired data.
const RETENTION_INTERVAL: Duration = Duration::from_mins(10);
/// Maximum number of messages removed by one statement.
const MAX_FORGOTTEN: u32 = 1_000;
/// Retention of idempotency keys, in seconds.
const IDEMPOTENCY_TTL: i64 = 7 * 86_400;

impl Mailer {
    /// Delivers due mail until `until` completes. Then gives attempts under way a grace period and
    /// releases all messages that were not started.
    pub async fn deliver(&self, until: impl Future<Output = ()>) {
        // The log names the owner of this process's leases.
        tracing::info!(server = %self.0.owner, "delivering");
        let (stop, stopping) = watch::channel(0);
        let (settled, settlements) = mpsc::channel(outcome_writer::MAX_WAITING);
        let settling = tokio::spawn(outcome_writer::supervised(self.clone(), settlements));
        let leases = Arc::new(Leases::default());
        let mut helpers = JoinSet::new();
        helpers.spawn({
            let (mailer, leases) = (self.clone(), Arc::clone(&leases));
            async move {
                let renew = || renew(mailer.clone(), Arc::clone(&leases));
                mailer.supervise("lease renewal", renew).await
            }
        });
        helpers.spawn({
            let mailer = self.clone();
            async move {
                mailer
                    .supervise("retention", || forget(mailer.clone()))
                    .await
            }
        });
        let queues = Arc::new(DeliveryQueues {
            mailer: self.clone(),
            settled,
            stopping,
            leases,
            known: StdMutex::default(),
            tasks: Mutex::default(),
        });
        tokio::select! {
            () = until => {}
            never = self.supervise("outbox", || Arc::clone(&queues).scan()) => match never {},
        }
        stop.send_replace(1);
        let mut tasks = std::mem::take(&mut *queues.tasks.lock().await);
        let grace = self.0.options.outbox.grace;
        for stage in [2, 3] {
            let all = async { while tasks.join_next().await.is_some() {} };
            if timeout(grace, all).await.is_ok() {
                break;
            }
            stop.send_replace(stage);
        }
        // An unreachable database may keep tasks from ending. Their leases expire by themselves.
        tasks.shutdown().await;
        drop(queues);
        match timeout(grace, settling).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "settling ended");
            }
            Err(_) => tracing::error!("attempts could not be written down before the end"),
        }
        helpers.shutdown().await;
    }

    /// Logs a warning for each configured data center that does not exist.
    pub async fn warn_of_unknown_data_centers(&self) {
        for id in &self.0.options.outbox.data_centers {
            if let Ok(None) = self.store().data_center(id).await {
                tracing::warn!(data_center = %id, "there is no such data center to send for");
            }
        }
    }

    /// Returns the data centers that this server sends for and that have due mail. At each tick, it
    /// first releases expired leases.
    async fn due(&self, ticked: bool, leases: &Leases) -> Result<Vec<DataCenterId>, MailError> {
        self.compare_clocks().await?;
        if self.clock_differs().is_some() {
            return Ok(Vec::new());
        }
        if ticked {
            let now = self.database_now().await?;
            // Read after the time, to include every claim that was made before it.
            let live = leases.live();
            let released = self.store().release_expired(now, &live).await?;
            if released > 0 {
                tracing::warn!(messages = released, "leases of another server have run out");
            }
        }
        let only = &self.0.options.outbox.data_centers;
        let mut due = self.store().data_centers_with_due_mail(self.now()).await?;
        due.retain(|id| only.is_empty() || only.contains(id));
        Ok(due)
    }
}

/// The delivery queues of all data centers that had due mail. Each runs in a supervised task.
struct DeliveryQueues {
    mailer: Mailer,
    settled: mpsc::Sender<outcome_writer::Settled>,
    stopping: watch::Receiver<u8>,
    leases: Arc<Leases>,
    known: StdMutex<HashMap<DataCenterId, Arc<DeliveryQueue>>>,
    tasks: Mutex<JoinSet<()>>,
}

impl DeliveryQueues {
    /// Finds data centers with due mail and wakes their queues, until the future is dropped.
    async fn scan(self: Arc<Self>) {
        let mailer = &self.mailer;
        let mut tick = interval(mailer.0.options.outbox.poll);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let ticked = tokio::select! {
                () = mailer.0.outbox.wake.notified() => false,
                _ = tick.tick() => true,
            };
            mailer.beat("outbox");
            match mailer.due(ticked, &self.leases).await {
                Ok(due) => {
                    for id in due {
                        self.queue(id).await.wake.notify_one();
                    }
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "cannot look for mail that is due"
                    );
                }
            }
            if mailer.clock_differs().is_some() {
                // Each queue then releases the messages that it has not started.
                let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                for queue in known.values() {
                    queue.wake.notify_one();
                }
            }
        }
    }

    /// Returns the delivery queue of a data center. Starts it on the first call.
    async fn queue(&self, id: DataCenterId) -> Arc<DeliveryQueue> {
        let mut tasks = self.tasks.lock().await;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = known.get(&id) {
            return Arc::clone(queue);
        }
        let queue = Arc::new(DeliveryQueue::new(
            self.mailer.clone(),
            id.clone(),
            self.settled.clone(),
            self.stopping.clone(),
            Arc::clone(&self.leases),
        ));
        tasks.spawn({
            let (mailer, queue) = (self.mailer.clone(), Arc::clone(&queue));
            async move {
                let connections = Arc::new(Mutex::default());
                let run = || {
                    let run = Arc::clone(&queue).run(Arc::clone(&connections));
                    async move {
                        run.await;
                        Some(())
                    }
                };
                mailer.supervise_until_done("delivery", run).await;
            }
        });
        known.insert(id, Arc::clone(&queue));
        queue
    }
}

/// Renews the leases of claimed messages, until the task is aborted.
async fn renew(mailer: Mailer, leases: Arc<Leases>) {
    let seconds = mailer.0.options.outbox.lease;
    let mut tick = interval(Duration::from_secs(u64::from(seconds.max(1))) / 3);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(error) = renew_all(&mailer, &leases, seconds).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot renew leases"
            );
        }
    }
}

async fn renew_all(mailer: &Mailer, leases: &Leases, seconds: u32) -> Result<(), MailError> {
    let held_until = mailer.boot_time() + held_for(seconds);
    let until = mailer.database_now().await?.plus(seconds.into());
    for lease in leases.open() {
        let ids = mailer.store().renew_leases(&lease.name, until).await?;
        let forgotten = lease.renew(&ids, held_until);
        if !forgotten.is_empty() {
            let (id, counted, now) = (&lease.data_center, lease.counted, mailer.now());
            let store = mailer.store();
            store.release(id, &forgotten, counted, now).await?;
        }
    }
    Ok(mailer.store().renew_slots(&mailer.0.owner, until).await?)
}

/// Removes expired data periodically, until the task is aborted.
async fn forget(mailer: Mailer) {
    loop {
        if let Err(error) = mailer.forget_settled().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot forget messages"
            );
        }
        tokio::time::sleep(RETENTION_INTERVAL).await;
    }
}

impl Mailer {
    /// Removes settled messages whose retention has ended, expired idempotency keys and connection
    /// slots, and counts that rate limits no longer need.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_settled(&self) -> Result<(), MailError> {
        let (store, now) = (self.store(), self.now());
        for data_center in store.data_centers().await? {
            let settings = store.sending_settings(&data_center.id).await?;
            let days = settings.retention_days;
            let days = days.unwrap_or(SendingSettings::RETENTION_DAYS);
            let before = now.plus(-86_400 * i64::from(days));
            while store
                .forget_messages(&data_center.id, before, MAX_FORGOTTEN)
                .await?
                == u64::from(MAX_FORGOTTEN)
            {
                tokio::task::yield_now().await;
            }
        }
        let slots = self.database_now().await?;
        Ok(store
            .forget_sending(now.plus(-IDEMPOTENCY_TTL), slots, now)
            .await?)
    }
}
