//! Records the results of attempts. Results that arrive during a commit share the next one.

use std::{sync::Arc, time::Duration};

use store::{AttemptUpdate, StoreError};
use tokio::{
    sync::{Mutex, mpsc},
    time::timeout,
};

use super::{Outbox, lease::Lease};

/// Maximum number of results in one transaction.
const MAX_BATCH: usize = 128;
/// Maximum number of results that wait to be recorded. Further senders wait.
pub(super) const MAX_WAITING: usize = 512;
/// Timeout of one transaction. Longer than SQLite's busy timeout.
const RECORD_TIMEOUT: Duration = Duration::from_secs(25);
/// Wait before a failed transaction is retried.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Result of an attempt, with the lease that ends once it is recorded.
pub(super) type Outcome = (AttemptUpdate, Arc<Lease>);

/// Records results in a supervised task, until all senders are gone.
pub(super) async fn supervised(outbox: Arc<Outbox>, outcomes: mpsc::Receiver<Outcome>) {
    let inbox = Arc::new(Mutex::new(Inbox {
        outcomes,
        updates: Vec::new(),
        leases: Vec::new(),
    }));
    let run = || {
        let (outbox, inbox) = (Arc::clone(&outbox), Arc::clone(&inbox));
        async move {
            run(&outbox, &mut *inbox.lock().await).await;
            Some(())
        }
    };
    outbox
        .supervisor
        .supervise_until_done("outcome writer", run)
        .await;
}

/// Results to record. They survive a panic of the task.
struct Inbox {
    outcomes: mpsc::Receiver<Outcome>,
    updates: Vec<AttemptUpdate>,
    leases: Vec<Arc<Lease>>,
}

/// Records results until all senders are gone. Retries while the database fails, because a lost
/// record would cause the message to be sent twice.
async fn run(outbox: &Outbox, inbox: &mut Inbox) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    loop {
        if inbox.updates.is_empty() {
            if inbox.outcomes.recv_many(&mut batch, MAX_BATCH).await == 0 {
                return;
            }
            (inbox.updates, inbox.leases) = batch.drain(..).unzip();
        }
        loop {
            let recorded = outbox
                .store
                .record_attempts(&inbox.updates, outbox.clock.now());
            let recorded = timeout(RECORD_TIMEOUT, recorded).await;
            match recorded.unwrap_or_else(|_| Err(StoreError::commit_timed_out())) {
                Ok(done) => {
                    let lost = inbox.updates.len() - done.len();
                    if lost > 0 {
                        tracing::warn!(
                            messages = lost,
                            "attempts recorded after their lease was lost"
                        );
                    }
                    break;
                }
                Err(error) => {
                    if matches!(error, StoreError::CommitUnknown(_)) {
                        for update in &mut inbox.updates {
                            update.may_be_recorded = true;
                        }
                    }
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "attempts not recorded, retrying"
                    );
                    tokio::time::sleep(RETRY_DELAY).await;
                }
            }
        }
        for (update, lease) in inbox.updates.iter().zip(&inbox.leases) {
            lease.end(&update.id);
        }
        inbox.updates.clear();
    }
}
