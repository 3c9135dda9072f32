//! Writing down how attempts went: what comes in while one transaction is committed goes into the next.

use std::{sync::Arc, time::Duration};

use store::{Settlement, StoreError};
use tokio::{
    sync::{Mutex, mpsc},
    time::timeout,
};

use super::lease::Lease;
use crate::Mailer;

/// In one transaction at most.
const MAX_BATCH: usize = 128;
/// What waits to be written; whoever has more waits as well.
pub(super) const MAX_WAITING: usize = 512;
/// How long one transaction may take. Longer than a busy SQLite is waited for.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(25);
/// Between tries while the database fails.
const RETRY_DELAY: Duration = Duration::from_millis(500);

pub(super) type Settled = (Settlement, Arc<Lease>);

/// Writes until all senders are gone, in a supervised task.
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

/// What is to be written. It outlives a task that panics.
struct Inbox {
    settled: mpsc::Receiver<Settled>,
    settlements: Vec<Settlement>,
    leases: Vec<Arc<Lease>>,
}

/// Writes until all senders are gone. A database that fails is tried again: what was delivered must not be forgotten.
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
