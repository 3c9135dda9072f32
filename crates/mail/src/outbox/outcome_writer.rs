//! Records the outcomes of attempts. Outcomes that arrive during one commit share the next one.

use std::{sync::Arc, time::Duration};

use store::{Settlement, StoreError};
use tokio::{
    sync::{Mutex, mpsc},
    time::timeout,
};

use super::lease::Lease;
use crate::Mailer;

/// Maximum number of outcomes in one transaction.
const MAX_BATCH: usize = 128;
/// Maximum number of outcomes that wait to be recorded; further senders wait too.
pub(super) const MAX_WAITING: usize = 512;
/// Time limit of one transaction. It exceeds SQLite's busy timeout.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(25);
/// Wait before a failed transaction is retried.
const RETRY_DELAY: Duration = Duration::from_millis(500);

pub(super) type Settled = (Settlement, Arc<Lease>);

/// Records outcomes in a supervised task, until all senders are gone.
pub(super) async fn supervised(mailer: Mailer, settled: mpsc::Receiver<Settled>) {
    let inbox = Arc::new(Mutex::new(Inbox {
        settled,
        settlements: Vec::new(),
        leases: Vec::new(),
    }));
    let run = || {
        let (mailer, inbox) = (mailer.clone(), Arc::clone(&inbox));
        async move {
            run(&mailer, &mut *inbox.lock().await).await;
            Some(())
        }
    };
    mailer.supervise_until_done("outcome writer", run).await;
}

/// Outcomes to be recorded. They survive a panic of the task.
struct Inbox {
    settled: mpsc::Receiver<Settled>,
    settlements: Vec<Settlement>,
    leases: Vec<Arc<Lease>>,
}

/// Records outcomes until all senders are gone. Retries while the database fails, because losing
/// the record of a delivery would send the message twice.
async fn run(mailer: &Mailer, inbox: &mut Inbox) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    loop {
        if inbox.settlements.is_empty() {
            if inbox.settled.recv_many(&mut batch, MAX_BATCH).await == 0 {
                return;
            }
            (inbox.settlements, inbox.leases) = batch.drain(..).unzip();
        }
        let settlements = &inbox.settlements;
        loop {
            let settled = mailer.store().settle(settlements, mailer.now());
            let settled = timeout(SETTLE_TIMEOUT, settled).await;
            match settled.unwrap_or_else(|_| Err(StoreError::commit_timed_out())) {
                Ok(done) => {
                    let lost = settlements.len() - done.len();
                    if lost > 0 {
                        tracing::warn!(messages = lost, "recorded attempts whose lease was lost");
                    }
                    break;
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "cannot write down attempts, trying again"
                    );
                    tokio::time::sleep(RETRY_DELAY).await;
                }
            }
        }
        for (settlement, lease) in settlements.iter().zip(&inbox.leases) {
            lease.end(&settlement.id);
        }
        inbox.settlements.clear();
    }
}
