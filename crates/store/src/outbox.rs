//! The outbox: tables `messages`, `message_contents`, `message_attempts`, and related ones.

mod admission;
mod bounce;
mod change;
mod claim;
mod content;
mod counts;
mod enqueue;
mod idempotency;
pub(crate) mod pause;
mod prune;
mod read;
mod record_attempts;
mod resend;
mod row;
mod rows;
mod slots;
mod waiting;

use domain::{
    Arrival, DataCenterId, EmailAddress, MessageId, Principal, Recipient, Sender, SenderId,
    SenderLimits, SenderName, UnixTime,
};

use crate::row::Table;

pub use bounce::Bounce;
pub use change::ChangeOutcome;
pub use claim::{Claim, Claimed, ClaimedMessage};
pub use idempotency::KnownRequest;
pub use record_attempts::AttemptUpdate;

pub(crate) use admission::failure_cutoff;

pub(crate) const MESSAGES: Table = Table("messages");

/// An accepted message to store.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Primary key. IDs sort by the time of acceptance.
    pub id: MessageId,
    /// Data center that sends it.
    pub data_center: DataCenterId,
    /// Time of acceptance.
    pub created_at: UnixTime,
    /// Time of the first attempt.
    pub due_at: UnixTime,
    /// Message-ID, with angle brackets.
    pub message_id: String,
    /// Envelope sender (`MAIL FROM`).
    pub sender: EmailAddress,
    /// The `From` header, for display.
    pub from: String,
    /// The decoded `Subject` header.
    pub subject: String,
    /// Envelope recipients.
    pub recipients: Vec<Recipient>,
    /// Submitter.
    pub submitted_by: Principal,
    /// How it came in.
    pub arrival: Arrival,
    /// The complete message (RFC 5322) with CRLF line endings.
    pub content: Vec<u8>,
    /// Identifies repeated requests.
    pub idempotency: Option<Idempotency>,
    /// The sender that the message counts for, if any.
    pub counts_for: Option<CountedSender>,
}

/// The sender that a message counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedSender {
    /// The sender.
    pub id: SenderId,
    /// Its name.
    pub name: SenderName,
    /// Its limits.
    pub limits: SenderLimits,
}

impl From<&Sender> for CountedSender {
    fn from(sender: &Sender) -> Self {
        Self {
            id: sender.id.clone(),
            name: sender.name.clone(),
            limits: sender.settings.limits,
        }
    }
}

/// The limit of a sender that a message would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExceededLimit {
    /// Messages in one minute.
    PerMinute,
    /// Messages in 24 hours.
    PerDay,
}

/// Identifies repeated requests.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// Scope of the key: the ID of the API key.
    pub owner: String,
    /// Idempotency key that the client chose.
    pub key: String,
    /// Hash of the whole request.
    pub request_hash: String,
}

/// Result of storing a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnqueueOutcome {
    /// The message would exceed a limit of its sender.
    LimitExceeded(ExceededLimit),
    /// The message was stored.
    Stored,
    /// The same request was stored before, as this message.
    Known(MessageId),
    /// Another request used the same idempotency key.
    KeyReused,
    /// No data center has this ID.
    UnknownDataCenter,
}
