//! Submitting a message.

use std::sync::Arc;

use domain::{DataCenterId, MessageId, UnixTime, Who, untrusted};
use message::Composed;
use store::{EnqueueOutcome, Idempotency, NewMessage};

use super::{Outbox, id::new_id};
use crate::MailError;

/// Longest stored subject and sender for display, in characters.
const MAX_LINE: usize = 998;

/// A composed message that is submitted to the outbox.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The data center that sends it.
    pub data_center: DataCenterId,
    /// The message with its envelope. Subject and `From` are stored for display; the content is
    /// unchanged.
    pub message: Composed,
    /// The account, API key, or part of Mailgrant that submits it.
    pub submitted_by: Who,
    /// Identifies repeated requests; `None` accepts each of them.
    pub idempotency: Option<Idempotency>,
    /// Time of the first attempt; `None` for immediately.
    pub due_at: Option<UnixTime>,
}

/// An accepted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The id of the stored message.
    pub id: MessageId,
    /// True if the same request was accepted before; nothing more is sent then.
    pub known: bool,
}

/// The reason why a message was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Another request had the same idempotency key.
    #[error("another request had this idempotency key")]
    KeyReused,
    /// The waiting messages of the API key exceed its limit.
    #[error("messages of this API key that wait are larger than {limit} octets")]
    KeyFull {
        /// Octets that may wait.
        limit: u64,
    },
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Outbox {
    /// Returns the message that the same request submitted before, if there is one.
    ///
    /// # Errors
    /// `KeyReused` if another request had this key; `Mail` if the database fails.
    pub async fn known_submission(
        &self,
        idempotency: &Idempotency,
    ) -> Result<Option<MessageId>, SubmitError> {
        let (owner, key) = (&*idempotency.owner, &*idempotency.key);
        let known = self.store.known_request(owner, key).await;
        match known.map_err(MailError::from)? {
            None => Ok(None),
            Some(known) if known.request_hash == idempotency.request_hash => {
                Ok(Some(known.message))
            }
            Some(_) => Err(SubmitError::KeyReused),
        }
    }

    /// Stores a message. When this returns, it is stored durably and survives a crash.
    ///
    /// # Errors
    /// `KeyReused`, `KeyFull`; `Mail` if new mail is refused, there is no such data center, or the
    /// database fails.
    pub async fn submit(
        self: &Arc<Self>,
        submission: Submission,
    ) -> Result<Submitted, SubmitError> {
        // Alerts are exempt: they are small, and most needed when the disk is full.
        if submission.submitted_by != Who::Mailgrant {
            self.disk.accepts_mail()?;
        }
        self.count_for_key(&submission.submitted_by, submission.message.content.len())
            .await?;
        // The database's time, because servers with correct clocks deliver a message that one with
        // a wrong clock accepted.
        let now = self
            .clock
            .now()
            .plus(-self.clock.excessive_difference().unwrap_or(0));
        let id = new_id(now);
        let message = submission.message;
        let message = NewMessage {
            id: id.clone(),
            data_center: submission.data_center,
            created_at: now,
            due_at: submission.due_at.unwrap_or(now),
            message_id: message.message_id,
            sender: message.sender,
            from: untrusted::line(&message.from, MAX_LINE),
            subject: untrusted::line(&message.subject, MAX_LINE),
            recipients: message.recipients,
            submitted_by: submission.submitted_by,
            content: message.content,
            idempotency: submission.idempotency,
        };
        let outcome = self.store_message(message).await?;
        match outcome {
            EnqueueOutcome::Stored => Ok(Submitted { id, known: false }),
            EnqueueOutcome::Known(id) => Ok(Submitted { id, known: true }),
            EnqueueOutcome::KeyReused => Err(SubmitError::KeyReused),
            EnqueueOutcome::UnknownDataCenter => Err(MailError::UnknownDataCenter.into()),
        }
    }
}
