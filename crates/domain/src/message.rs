//! Messages in the outbox.

mod arrival;
mod request_error;

use serde::{Deserialize, Serialize};

pub use arrival::{Arrival, ArrivalProtocol, ArrivalSender};
pub use request_error::{MessageFieldError, ParameterError};

use crate::{
    DataCenterId, EmailAddress, Finding, Principal, UnixTime, codes::codes, id::random_id,
};

random_id! {
    /// ID of a message in the outbox. The alphabetical order of IDs is the order in which messages
    /// were accepted.
    MessageId
}

codes! {
    /// State of a message.
    MessageState {
        /// It waits for a free connection, for its next attempt, or for a grant.
        Waiting = "waiting",
        /// A server is delivering it.
        Sending = "sending",
        /// The mail server accepted it for every recipient.
        Delivered = "delivered",
        /// The mail server accepted it for some recipients and rejected it for others.
        PartlyDelivered = "partly_delivered",
        /// It was rejected for every recipient, or it became too old.
        Failed = "failed",
        /// A user cancelled it before it was delivered.
        Cancelled = "cancelled",
        /// It was delivered, but a later mail server returned it (RFC 3464).
        Bounced = "bounced",
    }
}

/// Reason why an action on a message was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageRefusal {
    /// The current state of the message does not allow the action.
    NotNow(MessageState),
    /// The content of the message was deleted.
    ContentGone,
    /// The server cannot do it at the moment.
    Unavailable,
}

impl MessageState {
    /// Returns true if the message is not processed further. A delivered message may still bounce.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Sending)
    }
}

codes! {
    /// Delivery state of a message for one recipient.
    RecipientState {
        /// The outcome is still open.
        Waiting = "waiting",
        /// The mail server accepted the message for this recipient.
        Accepted = "accepted",
        /// The mail server rejected the recipient, or delivery was given up.
        Refused = "refused",
        /// A later mail server returned the message.
        Bounced = "bounced",
    }
}

codes! {
    /// Header field that names a recipient.
    RecipientKind {
        /// In `To`.
        To = "to",
        /// In `Cc`.
        Cc = "cc",
        /// No header field.
        Bcc = "bcc",
    }
}

/// Recipient of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Envelope address.
    pub address: EmailAddress,
    /// Header field that names the recipient.
    pub kind: RecipientKind,
    /// Delivery state for this recipient.
    pub state: RecipientState,
    /// Reply of the mail server for this recipient. Empty before the first reply.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply: String,
    /// Reason why the recipient was rejected, deferred, or bounced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

impl Recipient {
    /// Returns a recipient that delivery was not attempted for yet.
    pub fn new(address: EmailAddress, kind: RecipientKind) -> Self {
        Self {
            address,
            kind,
            state: RecipientState::Waiting,
            reply: String::new(),
            finding: None,
        }
    }
}

/// Message of the outbox, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxMessage {
    /// ID in the outbox.
    pub id: MessageId,
    /// Data center that sends the message.
    pub data_center: DataCenterId,
    /// Delivery state.
    pub state: MessageState,
    /// Time at which the message was accepted.
    pub created_at: UnixTime,
    /// Time of the next attempt while it waits.
    pub due_at: UnixTime,
    /// Time at which it was delivered, given up, or cancelled.
    pub finished_at: Option<UnixTime>,
    /// Number of attempts so far.
    pub attempts: i64,
    /// Message-ID (RFC 5322 §3.6.4), with angle brackets. It stays the same in every attempt.
    pub message_id: String,
    /// Sender address of the envelope (RFC 5321 §4.1.1.2).
    pub sender: EmailAddress,
    /// `From` header for display.
    pub from: String,
    /// Decoded subject.
    pub subject: String,
    /// Size of the content in octets.
    pub size: i64,
    /// True if the content is still stored.
    pub has_content: bool,
    /// User or program that submitted the message.
    pub submitted_by: Principal,
    /// How the message came in.
    pub arrival: Arrival,
    /// Recipients of the envelope.
    pub recipients: Vec<Recipient>,
    /// Reason why the last attempt failed.
    pub finding: Option<Finding>,
}

codes! {
    /// Outcome of one attempt to deliver a message.
    AttemptOutcome {
        /// The mail server accepted the message for every recipient of the attempt.
        Delivered = "delivered",
        /// The mail server accepted the message for some recipients.
        PartlyDelivered = "partly_delivered",
        /// The message was deferred and will be retried.
        PutOff = "put_off",
        /// The message was permanently rejected.
        Refused = "refused",
        /// The connection was lost after the final dot, so the message may have been accepted (RFC
        /// 1047).
        Unknown = "unknown",
    }
}

/// Attempt to deliver a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Number of the attempt, which counts from 1.
    pub number: i64,
    /// Time at which the attempt started.
    pub started_at: UnixTime,
    /// Duration in microseconds.
    pub micros: i64,
    /// `host:port` of the mail server. Empty if no connection was made.
    pub server: String,
    /// Outcome of the attempt.
    pub outcome: AttemptOutcome,
    /// Reason for a failure.
    pub finding: Option<Finding>,
    /// Redacted transcript of the SMTP session.
    pub transcript: String,
}

/// Filter for the list of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageFilter {
    /// Data center that sends the messages.
    pub data_center: Option<DataCenterId>,
    /// Delivery states. Empty matches all.
    pub states: Vec<MessageState>,
    /// Text in the subject, addresses, or Message-ID, in any case.
    pub search: String,
    /// Earliest time of acceptance, inclusive.
    pub since: Option<UnixTime>,
    /// Latest time of acceptance, exclusive.
    pub until: Option<UnixTime>,
}
