//! Delivering: looks for mail that is due, and has it sent by a delivery queue for each data center.

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

/// How often it is looked for what can be forgotten.
const RETENTION_INTERVAL: Duration = Duration::from_mins(10);
/// Messages that are forgotten in one statement.
const MAX_FORGOTTEN: u32 = 1_000;
/// Idempotency keys are kept this long: seconds.
const IDEMPOTENCY_TTL: i64 = 7 * 86_400;

impl Mailer {
    /// Delivers what is due until `until` ends; then what is under way is finished, within its grace, and the rest is given
    /// back.
    pub async fn deliver(&self, until: impl Future<Output = ()>) {
        // The name that its messages are leased under.
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
        // What a database that is away keeps from ending; leases run out by themselves.
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

    /// Says so in the log when this server is to send for data centers that there are not.
    pub async fn warn_of_unknown_data_centers(&self) {
        for id in &self.0.options.outbox.data_centers {
            if let Ok(None) = self.store().data_center(id).await {
                tracing::warn!(data_center = %id, "there is no such data center to send for");
            }
        }
    }

    /// The data centers that this server sends for and that have mail due. At each tick what other servers have left is
    /// taken up first.
    async fn due(&self, ticked: bool, leases: &Leases) -> Result<Vec<DataCenterId>, MailError> {
        self.compare_clocks().await?;
        if self.clock_differs().is_some() {
            return Ok(Vec::new());
        }
        if ticked {
            let now = self.database_now().await?;
            // After the time was read: a claim that was made before it is among them.
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

/// The data centers that mail is delivered from, each by a supervised task of its own.
struct DeliveryQueues {
    mailer: Mailer,
    settled: mpsc::Sender<outcome_writer::Settled>,
    stopping: watch::Receiver<u8>,
    leases: Arc<Leases>,
    known: StdMutex<HashMap<DataCenterId, Arc<DeliveryQueue>>>,
    tasks: Mutex<JoinSet<()>>,
}

impl DeliveryQueues {
    /// Looks for data centers with due mail and wakes their queues, until it is dropped.
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
                // They give back what they have not begun.
                let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                for queue in known.values() {
                    queue.wake.notify_one();
                }
            }
        }
    }

    /// Returns the delivery queue of a data center; starts it when it is the first one.
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

/// Keeps what is claimed, until it is ended.
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

/// Forgets what was settled long ago, until it is ended.
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
    /// Forgets messages that were settled longer ago than they are kept, and what is not needed any more besides.
    ///
    /// # Errors
    /// When the database fails.
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
