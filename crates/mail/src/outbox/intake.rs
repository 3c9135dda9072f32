//! Batched storage of submissions. Messages that arrive during a commit share the next one, because
//! each commit waits for the disk.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use message::SenderPolicy;
use store::{EnqueueOutcome, NewMessage, StoreError};
use tokio::{
    sync::{Notify, oneshot},
    time::{sleep, timeout},
};

use super::{Outbox, extensions::SavedExtensions, key_quota::KeySums, plan::Plan, recent::Recent};
use crate::MailError;

/// Maximum number of messages in one transaction.
const MAX_BATCH: usize = 128;
/// Maximum octets of one transaction. A single larger message is stored anyway.
const MAX_CLAIM_OCTETS: usize = 8 * 1024 * 1024;

/// Timeout of one transaction. Longer than SQLite's busy timeout.
const STORE_TIMEOUT: Duration = Duration::from_secs(25);
/// Waits before a transaction with an unknown result is retried.
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
    /// The current plan of each data center.
    pub(super) plans: Recent<Arc<Plan>>,
    /// The current sender policy of each data center.
    pub(super) sender_policies: Recent<Arc<SenderPolicy>>,
    intake: Mutex<Intake>,
    pub(super) key_sums: KeySums,
    /// What the mail servers offer, as it was saved.
    pub(super) extensions: SavedExtensions,
}

#[derive(Debug, Default)]
struct Intake {
    waiting: VecDeque<Waiting>,
    /// True if a task is writing.
    writing: bool,
}

impl Shared {
    fn intake(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intake {
    /// Removes and returns the messages for the next transaction.
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

impl Outbox {
    /// Stores a message, in one transaction with others. The message survives a crash once this
    /// returns.
    pub(super) async fn store_message(
        self: &Arc<Self>,
        message: NewMessage,
    ) -> Result<EnqueueOutcome, MailError> {
        let (reply, outcome) = oneshot::channel();
        {
            let mut intake = self.shared.intake();
            intake.waiting.push_back((message, reply));
            if !intake.writing {
                intake.writing = true;
                // A separate task, because the caller may be canceled while others wait for the
                // same transaction.
                tokio::spawn(write(Arc::clone(self)));
            }
        }
        Ok(outcome.await.map_err(|_| MailError::Stopped)??)
    }
}

/// Guards against a panic of the writer. Fails all waiting submissions and allows another writer to
/// start.
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

async fn write(outbox: Arc<Outbox>) {
    let _writing = Writing(&outbox.shared);
    loop {
        let (messages, reply): (Vec<_>, Vec<_>) = {
            let mut intake = outbox.shared.intake();
            let next = intake.next();
            if next.is_empty() {
                intake.writing = false;
                return;
            }
            next.into_iter().unzip()
        };
        match store(&outbox, &messages).await {
            Ok(outcomes) => {
                for (reply, outcome) in reply.into_iter().zip(outcomes) {
                    // The receiver is gone if the caller was canceled.
                    let _ = reply.send(Ok(outcome));
                }
            }
            Err(error) if messages.len() == 1 => {
                if let Some(reply) = reply.into_iter().next() {
                    let _ = reply.send(Err(error));
                }
            }
            // Each message would fail in the same way, possibly after a long wait.
            Err(error) if !error.may_be_of_one_row() => {
                for reply in reply {
                    let _ = reply.send(Err(StoreError::BatchFailed));
                }
            }
            // One message may cause the failure, so each is stored separately.
            Err(_) => {
                for (message, reply) in messages.iter().zip(reply) {
                    let outcome = store(&outbox, std::slice::from_ref(message)).await;
                    let outcome = outcome.map(|outcomes| outcomes.into_iter().next());
                    let _ = reply.send(
                        outcome.map(|outcome| outcome.unwrap_or(EnqueueOutcome::UnknownDataCenter)),
                    );
                }
            }
        }
        outbox.shared.wake.notify_one();
    }
}

/// Stores messages in one transaction. If the connection is lost during the commit, the result is
/// unknown, so the same messages are stored again. This has no effect if they were stored, and
/// spares the client a retry.
async fn store(
    outbox: &Outbox,
    messages: &[NewMessage],
) -> Result<Vec<EnqueueOutcome>, StoreError> {
    let mut retries = RETRY_AFTER.iter();
    let mut is_unknown = false;
    loop {
        let stored = timeout(STORE_TIMEOUT, outbox.store.enqueue(messages)).await;
        let stored = stored.unwrap_or_else(|_| Err(StoreError::commit_timed_out()));
        let failed = matches!(&stored, Err(error) if !matches!(error, StoreError::Corrupt { .. }));
        outbox.liveness.record_storing(failed);
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
            "result of storing messages unknown, retrying"
        );
        sleep(*wait).await;
    }
}
