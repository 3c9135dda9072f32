//! Submitting a message.

use std::sync::Arc;

use domain::{Arrival, ArrivalSender, DataCenterId, MessageId, Principal, UnixTime, untrusted};
use message::Composed;
use store::{CountedSender, EnqueueOutcome, ExceededLimit, Idempotency, NewMessage};

use super::Outbox;
use crate::{MailError, sortable_id};

/// Maximum length in characters of the stored subject and sender.
const MAX_LINE: usize = 998;
/// Maximum length in characters of the stored name of a client, that of a domain.
const MAX_CLIENT_NAME: usize = 255;

/// A composed message for submission to the outbox.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The data center that sends it.
    pub data_center: DataCenterId,
    /// The message with its envelope. Subject and `From` are also stored for display.
    pub message: Composed,
    /// The account, API key, or part of Mailgrant that submits it.
    pub submitted_by: Principal,
    /// How it came in, except the sender, which is that in `counts_for`.
    pub arrival: Arrival,
    /// Identifies repeated requests. `None` accepts each request.
    pub idempotency: Option<Idempotency>,
    /// Time of the first attempt, or `None` for immediately.
    pub due_at: Option<UnixTime>,
    /// The sender that the message counts for, if any.
    pub counts_for: Option<CountedSender>,
}

/// An accepted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// ID of the stored message.
    pub id: MessageId,
    /// True if the same request was accepted before. No further message is sent then.
    pub known: bool,
}

/// The reason why a message was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Another request had the same idempotency key.
    #[error("the idempotency key was used for a different request")]
    KeyReused,
    /// The waiting messages of the API key or sender exceed its limit.
    #[error("the waiting messages of this API key or sender exceed {limit} octets")]
    KeyFull {
        /// Maximum octets of waiting messages.
        limit: u64,
    },
    /// The message would exceed a limit of its sender.
    #[error("a limit of the sender is reached")]
    LimitExceeded(ExceededLimit),
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Outbox {
    /// Returns the message of an identical earlier request, if any.
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

    /// Stores a message durably. It survives a crash once this returns.
    ///
    /// # Errors
    /// `KeyReused`, `KeyFull`, `LimitExceeded`; `Mail` if new mail is refused, the data center does not exist, or the
    /// database fails.
    pub async fn submit(
        self: &Arc<Self>,
        submission: Submission,
    ) -> Result<Submitted, SubmitError> {
        // Alerts are exempt, because they are small and most needed when the disk is full.
        if submission.submitted_by != Principal::Mailgrant {
            self.disk.accepts_mail()?;
        }
        self.count_for_key(&submission.submitted_by, submission.message.content.len())
            .await?;
        // Uses the database's time, so a server with a wrong clock does not delay a message that
        // others deliver.
        let now = self
            .clock
            .now()
            .plus(-self.clock.excessive_difference().unwrap_or(0));
        let id = sortable_id::message_id(now);
        let message = submission.message;
        let arrival = arrival(submission.arrival, submission.counts_for.as_ref());
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
            arrival,
            content: message.content,
            idempotency: submission.idempotency,
            counts_for: submission.counts_for.clone(),
        };
        let outcome = self.store_message(message).await?;
        match outcome {
            EnqueueOutcome::Stored => Ok(Submitted { id, known: false }),
            EnqueueOutcome::Known(id) => Ok(Submitted { id, known: true }),
            EnqueueOutcome::LimitExceeded(limit) => {
                if let Some(sender) = &submission.counts_for {
                    self.count_rejection(&sender.id).await;
                }
                Err(SubmitError::LimitExceeded(limit))
            }
            EnqueueOutcome::KeyReused => Err(SubmitError::KeyReused),
            EnqueueOutcome::UnknownDataCenter => Err(MailError::UnknownDataCenter.into()),
        }
    }
}

/// Returns how a message came in, with its sender, and with a name of the client that can be shown.
fn arrival(arrival: Arrival, sender: Option<&CountedSender>) -> Arrival {
    let name = arrival.client_name.as_deref();
    let name = name.map(|name| untrusted::line(name, MAX_CLIENT_NAME));
    Arrival {
        client_name: name.filter(|name| !name.is_empty()),
        sender: sender.map(|sender| ArrivalSender {
            id: sender.id.clone(),
            name: sender.name.clone(),
        }),
        ..arrival
    }
}
