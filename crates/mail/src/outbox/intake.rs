//! Batched storage of submissions. Messages that arrive during one commit share the next one,
//! because each commit waits for the disk.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use message::SenderPolicy;
use store::{EnqueueOutcome, NewMessage, StoreError};
use tokio::{
    sync::{Notify, oneshot},
    time::{sleep, timeout},
};

use super::{key_quota::KeySums, plan::Plan, recent::Recent};
use crate::{MailError, Mailer};

/// Maximum number of messages in one transaction.
const MAX_BATCH: usize = 128;
/// Maximum octets of one transaction. A single larger message is stored nevertheless.
const MAX_CLAIM_OCTETS: usize = 8 * 1024 * 1024;

/// Time limit of one transaction. It exceeds SQLite's busy timeout.
const STORE_TIMEOUT: Duration = Duration::from_secs(25);
/// Waits before a transaction with an unknown outcome is retried.
const RETRY_AFTER: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
];

type Waiting = (
    NewMessage,
    oneshot::Sender<Result<EnqueueOutcome, StoreError>>,
);

/// The state that the parts of the outbox share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Notified when a message may be due.
    pub(super) wake: Notify,
    changes: AtomicU64,
    /// The current plan of each data center.
    pub(super) plans: Recent<Arc<Plan>>,
    /// The current sender policy of each data center.
    pub(super) sender_policies: Recent<Arc<SenderPolicy>>,
    intake: Mutex<Intake>,
    pub(super) key_sums: KeySums,
}

#[derive(Debug, Default)]
struct Intake {
    waiting: VecDeque<Waiting>,
    /// True if a task is writing.
    writing: bool,
}

impl Shared {
    /// Records that a setting for sending has changed or that mail may be due.
    pub(crate) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Returns the number of changes so far.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    fn intake(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intake {
    /// Removes and returns the messages of the next transaction.
    fn next(&mut self) -> Vec<Waiting> {
        let mut octets = 0;
        let mut count = 0;
        for (message, _) in self.waiting.iter().take(MAX_BATCH) {
            octets += message.content.len();
            if count > 0 && octets > MAX_CLAIM_OCTETS {
                break;
            }
            count += 1;
        }
        self.waiting.drain(..count).collect()
    }
}

impl Mailer {
    /// Stores a message, in one transaction with others. When this returns, the message survives a
    /// crash.
    pub(super) async fn store_message(
        &self,
        message: NewMessage,
    ) -> Result<EnqueueOutcome, MailError> {
        let (told, outcome) = oneshot::channel();
        {
            let mut intake = self.0.outbox.intake();
            intake.waiting.push_back((message, told));
            if !intake.writing {
                intake.writing = true;
                // A separate task, because the caller may be canceled while others wait for the
                // same transaction.
                tokio::spawn(write(self.clone()));
            }
        }
        Ok(outcome.await.map_err(|_| MailError::Stopped)??)
    }
}

/// Guards against a panic of the writer: fails all waiting submissions and lets the next one start
/// another writer.
struct Writing<'a>(&'a Shared);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut intake = self.0.intake();
            intake.writing = false;
            intake.waiting.clear();
        }
    }
}

async fn write(mailer: Mailer) {
    let _writing = Writing(&mailer.0.outbox);
    loop {
        let (messages, told): (Vec<_>, Vec<_>) = {
            let mut intake = mailer.0.outbox.intake();
            let next = intake.next();
            if next.is_empty() {
                intake.writing = false;
                return;
            }
            next.into_iter().unzip()
        };
        match store(&mailer, &messages).await {
            Ok(outcomes) => {
                for (told, outcome) in told.into_iter().zip(outcomes) {
                    // The receiver is gone if the caller was canceled.
                    let _ = told.send(Ok(outcome));
                }
            }
            Err(error) if messages.len() == 1 => {
                if let Some(told) = told.into_iter().next() {
                    let _ = told.send(Err(error));
                }
            }
            // Each message would fail alike, perhaps after a long wait.
            Err(error) if !error.may_be_of_one_row() => {
                for told in told {
                    let _ = told.send(Err(StoreError::BatchFailed));
                }
            }
            // One message may cause the failure. Storing each alone lets the others succeed.
            Err(_) => {
                for (message, told) in messages.iter().zip(told) {
                    let outcome = store(&mailer, std::slice::from_ref(message)).await;
                    let outcome = outcome.map(|outcomes| outcomes.into_iter().next());
                    let _ = told.send(
                        outcome.map(|outcome| outcome.unwrap_or(EnqueueOutcome::UnknownDataCenter)),
                    );
                }
            }
        }
        mailer.0.outbox.wake.notify_one();
    }
}

/// Stores messages in one transaction. If the connection is lost during the commit, the outcome is
/// unknown, and the same messages are stored again. This has no effect if they were stored, and
/// saves the client from a retry that would send them twice.
async fn store(
    mailer: &Mailer,
    messages: &[NewMessage],
) -> Result<Vec<EnqueueOutcome>, StoreError> {
    let mut retries = RETRY_AFTER.iter();
    let mut is_unknown = false;
    loop {
        let stored = timeout(STORE_TIMEOUT, mailer.store().enqueue(messages)).await;
        let stored = stored.unwrap_or_else(|_| Err(StoreError::commit_timed_out()));
        let failed = matches!(&stored, Err(error) if !matches!(error, StoreError::Corrupt { .. }));
        mailer.stored_mail(failed);
        let error = match stored {
            Ok(outcomes) => return Ok(outcomes),
            Err(error) => error,
        };
        is_unknown |= matches!(error, StoreError::CommitUnknown(_));
        let (true, Some(wait)) = (is_unknown, retries.next()) else {
            return Err(error);
        };
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            messages = messages.len(),
            "cannot tell whether messages were stored, storing them again"
        );
        sleep(*wait).await;
    }
}
