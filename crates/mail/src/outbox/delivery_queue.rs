//! The delivery queue of one data center: claims due messages and starts connections for them.

use std::sync::Arc;

use store::Claim;
use tokio::{sync::Mutex as AsyncMutex, task::JoinSet};

use super::{
    delivery_worker, lease::Lease, plan::Plan, queue_state::QueueState,
    queued_message::QueuedMessage,
};
use crate::{MailError, server_clock::held_for};

/// Maximum number of messages that wait in memory for a connection.
const MAX_READY: usize = 128;
/// Number of waiting messages at which more are claimed.
const REFILL_BELOW: usize = 64;
/// Maximum octets of one claim. A single larger message is claimed anyway.
const MAX_CLAIM_OCTETS: i64 = 8 * 1024 * 1024;

/// The queue of one data center.
#[derive(Debug)]
pub(super) struct DeliveryQueue {
    state: Arc<QueueState>,
}

impl DeliveryQueue {
    pub(super) fn new(state: Arc<QueueState>) -> Self {
        Self { state }
    }

    /// Sends due messages until the server stops. `workers` keeps the connections if this future
    /// panics and is restarted.
    pub(super) async fn run(&self, workers: Arc<AsyncMutex<JoinSet<()>>>) {
        let mut workers = workers.lock().await;
        let mut stopping = self.state.stopping.clone();
        while !self.state.is_stopping() {
            while workers.try_join_next().is_some() {}
            // Read before the round, which checks it too. Otherwise, its end could be missed in
            // between.
            let cool = self.state.throttle().cooling_until();
            let more = match self.claim_due(&mut workers).await {
                Ok(more) => more,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, data_center = %self.state.id, "due messages not claimed");
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
                () = self.state.wake.notified() => {}
                () = self.state.ready.taken.notified(), if more => {}
                () = cooled => {}
            }
        }
        self.state.release(self.state.ready.close()).await;
        while workers.join_next().await.is_some() {}
    }

    /// Claims due messages up to the free capacity. Returns true if more may be due.
    async fn claim_due(&self, workers: &mut JoinSet<()>) -> Result<bool, MailError> {
        if self.state.throttle().cooling_until().is_some() {
            return Ok(false);
        }
        let plan = match self.state.outbox.clock.excessive_difference() {
            Some(_) => None,
            None => self.state.plan().await?,
        };
        let Some(plan) = plan else {
            self.state.release(self.state.ready.drain()).await;
            return Ok(false);
        };
        // A connection may have ended just when a message arrived.
        self.start_workers(&plan, workers).await?;
        let queued = self.state.ready.len();
        if queued > REFILL_BELOW {
            return Ok(true);
        }
        // If connections are limited, one must be open before messages are claimed.
        if self.state.workers() == 0
            && plan.limits.connections.is_some()
            && !self.start_worker(&plan, workers).await?
        {
            return Ok(false);
        }
        let limited = plan.limits.per_minute.is_some() || plan.limits.per_day.is_some();
        // Claimed messages count toward the rate limits, so they should not wait long.
        let capacity = if limited {
            self.allowed(&plan) as usize
        } else {
            MAX_READY - queued
        };
        let options = &self.state.outbox.options;
        let capacity = u32::try_from(capacity).unwrap_or(u32::MAX);
        let lease = Arc::new(Lease::new(
            self.state.outbox.leases.new_lease(),
            self.state.id.clone(),
            limited,
        ));
        // Registered before the claim. Otherwise, this process could release its own lease as
        // expired.
        self.state.leases.add(&lease);
        let began = self.state.outbox.clock.boot_time();
        let except = self.state.leases.expired(&self.state.id, began);
        let now = self.state.outbox.clock.now();
        let until = self.state.outbox.clock.database_now().await?;
        let claim = Claim {
            data_center: &self.state.id,
            lease: &lease.name,
            until: until.plus(options.lease.into()),
            except: &except,
            max_messages: capacity,
            octets: MAX_CLAIM_OCTETS,
            per_minute: plan.limits.per_minute,
            per_day: plan.limits.per_day,
        };
        let claimed = self.state.outbox.store.claim(&claim, now).await?;
        let count = claimed.messages.len();
        if count == 0 {
            return Ok(false);
        }
        let messages = claimed.messages.into_iter().map(|message| QueuedMessage {
            message,
            lease: Arc::clone(&lease),
            counted: limited,
        });
        // Another server released these messages after their lease expired, while attempts of this
        // process are still running.
        let (under_way, new): (Vec<_>, Vec<_>) = messages
            .partition(|queued: &QueuedMessage| self.state.leases.is_under_way(&queued.message.id));
        let ids = new.iter().map(|queued| queued.message.id.clone());
        lease.add(ids, began + held_for(options.lease));
        for queued in new {
            self.state.ready.push(queued);
        }
        self.state.release(under_way).await;
        self.start_workers(&plan, workers).await?;
        Ok(!claimed.limited)
    }

    /// Starts connections, up to the limit, while more messages than connections wait.
    async fn start_workers(&self, plan: &Plan, workers: &mut JoinSet<()>) -> Result<(), MailError> {
        while (self.state.workers() as usize) < self.state.ready.len()
            && self.start_worker(plan, workers).await?
        {}
        Ok(())
    }

    /// Returns the number of connections allowed now.
    fn allowed(&self, plan: &Plan) -> u32 {
        let configured = self.state.outbox.options.connections;
        let allowed = plan
            .limits
            .connections
            .map_or(configured, |limit| limit.min(configured));
        self.state.throttle().connections(allowed)
    }

    /// Starts one connection. Returns false if the limit is reached.
    async fn start_worker(
        &self,
        plan: &Plan,
        workers: &mut JoinSet<()>,
    ) -> Result<bool, MailError> {
        if self.state.workers() >= self.allowed(plan) {
            return Ok(false);
        }
        let slot = match plan.limits.connections {
            None => None,
            Some(limit) => {
                let now = self.state.outbox.clock.database_now().await?;
                let lease = self.state.outbox.options.lease;
                let (owner, until) = (self.state.outbox.leases.owner(), now.plus(lease.into()));
                let store = &self.state.outbox.store;
                let slot = store
                    .acquire_slot(&self.state.id, limit, owner, until, now)
                    .await?;
                if slot.is_none() {
                    return Ok(false);
                }
                slot
            }
        };
        self.state.join();
        workers.spawn(delivery_worker::run(Arc::clone(&self.state), slot));
        Ok(true)
    }
}
