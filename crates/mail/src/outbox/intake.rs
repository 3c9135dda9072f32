//! What is submitted while one transaction is committed goes into the next: a commit, which waits for the disk, serves many.

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

/// Messages of one transaction, at most.
const MAX_BATCH: usize = 128;
/// Octets of one transaction; a single larger message is stored all the same.
const MAX_CLAIM_OCTETS: usize = 8 * 1024 * 1024;

/// How long one transaction may take. Longer than a busy SQLite is waited for.
const STORE_TIMEOUT: Duration = Duration::from_secs(25);
/// Waits before a transaction whose outcome is unknown is tried again.
const RETRY_AFTER: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
];

type Waiting = (
    NewMessage,
    oneshot::Sender<Result<EnqueueOutcome, StoreError>>,
);

/// What the parts of the outbox share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Told when something may be due.
    pub(super) wake: Notify,
    changes: AtomicU64,
    /// What mail is sent with.
    pub(super) plans: Recent<Arc<Plan>>,
    /// The addresses that mail may be from.
    pub(super) sender_policies: Recent<Arc<SenderPolicy>>,
    intake: Mutex<Intake>,
    pub(super) key_sums: KeySums,
}

#[derive(Debug, Default)]
struct Intake {
    waiting: VecDeque<Waiting>,
    /// Whether a task is writing.
    writing: bool,
}

impl Shared {
    /// Something that decides on sending has changed, or mail may be due.
    pub(crate) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Counts the changes.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    fn intake(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intake {
    /// What goes into the next transaction.
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
    /// Stores a message together with others. When this returns it outlasts a crash.
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
                // In a task of its own: whoever asked may go away, and the others wait for it.
                tokio::spawn(write(self.clone()));
            }
        }
        Ok(outcome.await.map_err(|_| MailError::Stopped)??)
    }
}

/// Lets the next submission start another writer when one panics; those who wait are refused.
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
                    // Nobody hears it who has gone away.
                    let _ = told.send(Ok(outcome));
                }
            }
            Err(error) if messages.len() == 1 => {
                if let Some(told) = told.into_iter().next() {
                    let _ = told.send(Err(error));
                }
            }
            // The same would happen to each, perhaps after a long wait.
            Err(error) if !error.may_be_of_one_row() => {
                for told in told {
                    let _ = told.send(Err(StoreError::BatchFailed));
                }
            }
            // One may be at fault that the others have nothing to do with.
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

/// Stores messages in one transaction. When the connection is lost during the commit, they may be stored: the same messages
/// are then stored once more, which changes nothing if they were. Otherwise a client would send them a second time.
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
