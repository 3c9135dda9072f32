//! Messages as the API shows them. Times are those of RFC 3339, states and findings their codes.

use domain::{Attempt, OutboxMessage, Recipient};
use serde::Serialize;
use utoipa::ToSchema;

/// A message was stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub href: String,
}

/// A message was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// Its id.
    pub id: String,
    /// Its state now.
    pub state: String,
}

/// Some messages, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageList {
    /// The messages.
    pub messages: Vec<MessageShown>,
    /// The `cursor` to ask with for those after them; `null` when there are none.
    pub next: Option<String>,
}

/// A message and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageShown {
    /// Its id.
    pub id: String,
    /// Where it is sent from.
    pub data_center: String,
    /// `waiting`, `sending`, `delivered`, `partly_delivered`, `failed`, `cancelled` or `bounced`.
    pub state: String,
    /// When it was stored.
    pub created_at: String,
    /// When the next attempt is due, while it waits.
    pub due_at: Option<String>,
    /// When it was delivered, given up or cancelled.
    pub finished_at: Option<String>,
    /// Its Message-ID.
    pub message_id: String,
    /// The address of the envelope.
    pub sender: String,
    /// Who it is from.
    pub from: String,
    /// What it is about.
    pub subject: String,
    /// Octets.
    pub size: i64,
    /// Who handed it over.
    pub submitted_by: SubmitterShown,
    /// Who gets it.
    pub recipients: Vec<RecipientShown>,
    /// Why the last attempt did not go well: a code.
    pub finding: Option<String>,
    /// How many attempts there have been.
    pub attempt_count: i64,
    /// The attempts, when one message is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Vec<AttemptShown>>,
}

/// Who handed a message over.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmitterShown {
    /// `key`, `account`, `command_line` or `mailgrant`.
    pub kind: String,
    /// The name of the key or the account.
    pub name: String,
}

/// Somebody who gets a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecipientShown {
    /// The address.
    pub address: String,
    /// `to`, `cc` or `bcc`.
    pub kind: String,
    /// `waiting`, `accepted`, `refused` or `bounced`.
    pub state: String,
    /// What the mail server replied.
    pub reply: String,
    /// Why it was refused: a code.
    pub finding: Option<String>,
}

/// One try to deliver a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptShown {
    /// Counts from 1.
    pub number: i64,
    /// When it began.
    pub started_at: String,
    /// How long it took: milliseconds.
    pub duration_ms: i64,
    /// `host:port` of the mail server.
    pub server: String,
    /// `delivered`, `partly_delivered`, `put_off`, `refused` or `unknown`.
    pub outcome: String,
    /// Why, when it did not go well: a code.
    pub finding: Option<String>,
    /// The conversation with the mail server, without secrets.
    pub transcript: String,
}

impl MessageShown {
    /// A message, with its attempts when they were read.
    pub fn of(message: OutboxMessage, attempts: Option<Vec<Attempt>>) -> Self {
        let waits = !message.state.is_final();
        Self {
            id: message.id.as_str().to_owned(),
            data_center: message.data_center.to_string(),
            state: message.state.code().to_owned(),
            created_at: message.created_at.rfc3339(),
            due_at: waits.then(|| message.due_at.rfc3339()),
            finished_at: message.finished_at.map(domain::UnixTime::rfc3339),
            message_id: message.message_id,
            sender: message.sender.to_string(),
            from: message.from,
            subject: message.subject,
            size: message.size,
            submitted_by: SubmitterShown {
                kind: message.submitted_by.kind().to_owned(),
                name: message.submitted_by.name().to_owned(),
            },
            recipients: message.recipients.into_iter().map(Into::into).collect(),
            finding: message
                .finding
                .map(|finding| finding.code.code().to_owned()),
            attempt_count: message.attempts,
            attempts: attempts.map(|all| all.into_iter().map(Into::into).collect()),
        }
    }
}

impl From<Recipient> for RecipientShown {
    fn from(recipient: Recipient) -> Self {
        Self {
            address: recipient.address.to_string(),
            kind: recipient.kind.code().to_owned(),
            state: recipient.state.code().to_owned(),
            reply: recipient.reply,
            finding: recipient
                .finding
                .map(|finding| finding.code.code().to_owned()),
        }
    }
}

impl From<Attempt> for AttemptShown {
    fn from(attempt: Attempt) -> Self {
        use domain::AttemptOutcome as Outcome;

        Self {
            number: attempt.number,
            started_at: attempt.started_at.rfc3339(),
            duration_ms: attempt.micros / 1_000,
            server: attempt.server,
            outcome: match attempt.outcome {
                Outcome::Delivered => "delivered",
                Outcome::PartlyDelivered => "partly_delivered",
                Outcome::PutOff => "put_off",
                Outcome::Refused => "refused",
                Outcome::Unknown => "unknown",
            }
            .to_owned(),
            finding: attempt
                .finding
                .map(|finding| finding.code.code().to_owned()),
            transcript: attempt.transcript,
        }
    }
}
