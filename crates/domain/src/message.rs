//! Messages in the outbox.

use serde::{Deserialize, Serialize};

use crate::{DataCenterId, EmailAddress, Finding, UnixTime, Who, codes::codes, id::random_id};

random_id! {
    /// Names a message in the outbox. In the order of the text, messages are in the order in which they were accepted.
    MessageId
}

codes! {
    /// Where a message stands.
    MessageState {
        /// It waits for its turn, for its next attempt, or for the grant.
        Waiting = "waiting",
        /// A server is delivering it.
        Sending = "sending",
        /// The mail server has accepted it for every recipient.
        Delivered = "delivered",
        /// The mail server has accepted it for some recipients and refused it for others.
        PartlyDelivered = "partly_delivered",
        /// It was given up: refused for every recipient, or too old.
        Failed = "failed",
        /// Somebody cancelled it before it was delivered.
        Cancelled = "cancelled",
        /// It was delivered, and a later mail server sent it back (RFC 3464).
        Bounced = "bounced",
    }
}

/// A reason why an action on a message was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageRefusal {
    /// The message has this state now, which does not allow the action.
    NotNow(MessageState),
    /// The content was dropped.
    ContentGone,
    /// The server cannot do it at the moment.
    Unavailable,
}

impl MessageState {
    /// Whether nothing more happens to a message by itself. A delivered one may still bounce.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Sending)
    }
}

codes! {
    /// Where a message stands for one recipient.
    RecipientState {
        /// Not settled yet.
        Waiting = "waiting",
        /// The mail server has accepted the message for this recipient.
        Accepted = "accepted",
        /// It was refused for this recipient, or given up.
        Refused = "refused",
        /// A later mail server sent it back.
        Bounced = "bounced",
    }
}

codes! {
    /// How a recipient is named in the headers.
    RecipientKind {
        /// In `To`.
        To = "to",
        /// In `Cc`.
        Cc = "cc",
        /// In no header.
        Bcc = "bcc",
    }
}

/// One recipient of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Who gets it.
    pub address: EmailAddress,
    /// How the headers name it.
    pub kind: RecipientKind,
    /// Where the message stands for this recipient.
    pub state: RecipientState,
    /// What the mail server replied for this recipient; empty before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply: String,
    /// Why it was refused, put off or sent back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

impl Recipient {
    /// One that the message has not been sent to yet.
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

/// A message of the outbox without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxMessage {
    /// Its id here.
    pub id: MessageId,
    /// Where it is sent from.
    pub data_center: DataCenterId,
    /// Where it stands.
    pub state: MessageState,
    /// When it was accepted.
    pub created_at: UnixTime,
    /// When the next attempt is due, while it waits.
    pub due_at: UnixTime,
    /// When it was delivered, given up or cancelled.
    pub finished_at: Option<UnixTime>,
    /// How many attempts there have been.
    pub attempts: i64,
    /// Its Message-ID (RFC 5322 §3.6.4), with angle brackets. It stays the same in every attempt.
    pub message_id: String,
    /// The address of the envelope (RFC 5321 §4.1.1.2).
    pub sender: EmailAddress,
    /// Its `From` header, for people.
    pub from: String,
    /// Its subject, decoded.
    pub subject: String,
    /// Octets of its content.
    pub size: i64,
    /// Whether the content is still kept.
    pub has_content: bool,
    /// Who handed it over.
    pub submitted_by: Who,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
    /// Why the last attempt did not go well.
    pub finding: Option<Finding>,
}

codes! {
    /// How one try to deliver a message ended.
    AttemptOutcome {
        /// The mail server accepted it for every recipient it was offered for.
        Delivered = "delivered",
        /// Accepted for some recipients.
        PartlyDelivered = "partly_delivered",
        /// Not accepted; tried again later.
        PutOff = "put_off",
        /// Refused for good.
        Refused = "refused",
        /// The connection was cut after the final dot: it may have been accepted (RFC 1047).
        Unknown = "unknown",
    }
}

/// One try to deliver a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Counts from 1.
    pub number: i64,
    /// When it began.
    pub started_at: UnixTime,
    /// How long it took: microseconds.
    pub micros: i64,
    /// `host:port` of the mail server; empty when it did not come to a connection.
    pub server: String,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Why, when it did not go well.
    pub finding: Option<Finding>,
    /// The conversation with the server, redacted.
    pub transcript: String,
}

/// Which messages are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageFilter {
    /// Of this data center.
    pub data_center: Option<DataCenterId>,
    /// In one of these states; all when it is empty.
    pub states: Vec<MessageState>,
    /// With this text in subject, addresses or Message-ID, in any case.
    pub search: String,
    /// Accepted at this time or later.
    pub since: Option<UnixTime>,
    /// Accepted before this time.
    pub until: Option<UnixTime>,
}
