//! The outbox: tables `messages`, `message_contents`, `message_attempts` and what belongs to them.

mod bounce;
mod change;
mod claim;
mod content;
mod counts;
mod enqueue;
mod forget;
mod known;
mod lost;
pub(crate) mod pause;
mod read;
mod resend;
mod row;
mod rows;
mod settle;
mod slots;
mod waiting;

use domain::{DataCenterId, EmailAddress, MessageId, Recipient, UnixTime, Who};

use crate::row::Table;

pub use bounce::Bounce;
pub use change::ChangeOutcome;
pub use claim::{Claim, Claimed, ClaimedMessage};
pub use known::KnownRequest;
pub use settle::Settlement;

pub(crate) const MESSAGES: Table = Table("messages");

/// A message that was accepted, before it is stored.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its id; later ids are of later messages.
    pub id: MessageId,
    /// Where it is sent from.
    pub data_center: DataCenterId,
    /// When it was accepted.
    pub created_at: UnixTime,
    /// When the first attempt is due.
    pub due_at: UnixTime,
    /// Its Message-ID, with angle brackets.
    pub message_id: String,
    /// The address of the envelope.
    pub sender: EmailAddress,
    /// Its `From` header, for people.
    pub from: String,
    /// Its subject, decoded.
    pub subject: String,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
    /// Who handed it over.
    pub submitted_by: Who,
    /// The whole message (RFC 5322), lines ended by CRLF.
    pub content: Vec<u8>,
    /// What tells that a request is the same as one before.
    pub idempotency: Option<Idempotency>,
}

/// What tells that a request is the same as one before.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// Whose keys these are: the id of the API key.
    pub owner: String,
    /// What the program named the request.
    pub key: String,
    /// A hash of the whole request.
    pub request_hash: String,
}

/// What came of storing a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnqueueOutcome {
    /// It is stored.
    Stored,
    /// The same request was stored before, as this message.
    Known(MessageId),
    /// Another request had the same idempotency key.
    KeyReused,
    /// There is no such data center.
    UnknownDataCenter,
}
