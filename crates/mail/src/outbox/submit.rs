//! Taking a message.

use domain::{DataCenterId, EmailAddress, MessageId, Recipient, UnixTime, Who, untrusted};
use store::{EnqueueOutcome, Idempotency, NewMessage};

use super::id::new_id;
use crate::{MailError, Mailer};

/// Longest subject and sender that are stored for display: characters.
const NAME_AT_MOST: usize = 998;

/// A message that somebody hands over, complete.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Where it is sent from.
    pub data_center: DataCenterId,
    /// The address of the envelope.
    pub sender: EmailAddress,
    /// Who gets it; not empty.
    pub recipients: Vec<Recipient>,
    /// Its Message-ID, with angle brackets, as it stands in the content.
    pub message_id: String,
    /// Its `From` header, for people.
    pub from: String,
    /// Its subject, decoded. It is stored as it is displayed; the content keeps its own.
    pub subject: String,
    /// The whole message (RFC 5322), lines ended by CRLF, without `Bcc`.
    pub content: Vec<u8>,
    /// Who hands it over.
    pub by: Who,
    /// What tells that a request is the same as one before.
    pub idempotency: Option<Idempotency>,
    /// When the first attempt is due; at once, when there is none.
    pub due_at: Option<UnixTime>,
}

/// A message was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Its id.
    pub id: MessageId,
    /// Whether the same request had been taken before; nothing more is sent then.
    pub known: bool,
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// Another request had the same idempotency key.
    #[error("another request had this idempotency key")]
    KeyReused,
    /// The messages of the API key that wait to be delivered are too large together.
    #[error("messages of this API key that wait are larger than {limit} octets")]
    KeyFull {
        /// How many octets may wait.
        limit: u64,
    },
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Mailer {
    /// The message that came of the same request before, if there was one.
    ///
    /// # Errors
    /// `KeyReused`; when the database fails.
    pub async fn known_submission(
        &self,
        idempotency: &Idempotency,
    ) -> Result<Option<MessageId>, SubmitError> {
        let (owner, key) = (&*idempotency.owner, &*idempotency.key);
        let known = self.store().known_request(owner, key).await;
        match known.map_err(MailError::from)? {
            None => Ok(None),
            Some(known) if known.request_hash == idempotency.request_hash => {
                Ok(Some(known.message))
            }
            Some(_) => Err(SubmitError::KeyReused),
        }
    }

    /// Takes a message. When this returns it is stored and outlasts a crash.
    ///
    /// # Errors
    /// `KeyReused`, `KeyFull`; when new mail is refused, there is no such data center, or the database fails.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        // An alert about the disk is small, and most needed then.
        if submission.by != Who::Mailgrant {
            self.accepts_mail()?;
        }
        self.count_for_key(&submission.by, submission.content.len())
            .await?;
        // Other servers deliver what one with a wrong clock accepts, and that immediately.
        let now = self.now().plus(-self.clock_differs().unwrap_or(0));
        let id = new_id(now);
        let message = NewMessage {
            id: id.clone(),
            data_center: submission.data_center,
            created_at: now,
            due_at: submission.due_at.unwrap_or(now),
            message_id: submission.message_id,
            sender: submission.sender,
            from: untrusted::line(&submission.from, NAME_AT_MOST),
            subject: untrusted::line(&submission.subject, NAME_AT_MOST),
            recipients: submission.recipients,
            submitted_by: submission.by,
            content: submission.content,
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
