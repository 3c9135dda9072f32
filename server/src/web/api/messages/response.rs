//! Response bodies of the message API. Times are in RFC 3339 format; states and findings are codes.
//!
//! The names in the OpenAPI document (`as`) are part of the API: generated clients have types of
//! these names.

use domain::{Arrival, Attempt, OutboxMessage, Principal, Recipient};
use serde::Serialize;
use utoipa::ToSchema;

/// A message was stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct Accepted {
    /// The message ID.
    pub id: String,
    /// The URL path of the message.
    pub href: String,
}

/// A message was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// The message ID.
    pub id: String,
    /// The new state.
    pub state: String,
}

/// A page of messages, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageList {
    /// The messages.
    pub messages: Vec<MessageResponse>,
    /// The `cursor` of the next page; `null` on the last page.
    pub next: Option<String>,
}

/// A message and its delivery state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessageShown)]
pub struct MessageResponse {
    /// The message ID.
    pub id: String,
    /// The data center that the message is sent from.
    pub data_center: String,
    /// `waiting`, `sending`, `delivered`, `partly_delivered`, `failed`, `cancelled` or `bounced`.
    pub state: String,
    /// The time at which the message was stored.
    pub created_at: String,
    /// The time of the next attempt, while the message is queued.
    pub due_at: Option<String>,
    /// The time at which the message was delivered, failed, or was cancelled.
    pub finished_at: Option<String>,
    /// The Message-ID header.
    pub message_id: String,
    /// The envelope sender.
    pub sender: String,
    /// The From address.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// Size in bytes.
    pub size: i64,
    /// The submitter of the message.
    pub submitted_by: SubmitterResponse,
    /// How the message came in.
    pub arrival: ArrivalResponse,
    /// The recipients.
    pub recipients: Vec<RecipientResponse>,
    /// The code of the finding that explains why the last attempt failed.
    pub finding: Option<String>,
    /// Number of attempts so far.
    pub attempt_count: i64,
    /// The attempts, only included in the response for a single message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Vec<AttemptResponse>>,
}

/// The submitter of a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubmitterShown)]
pub struct SubmitterResponse {
    /// `key`, `sender`, `account`, `command_line` or `mailgrant`.
    pub kind: String,
    /// The name of the key, the sender, or the account.
    pub name: String,
}

/// How a message came in. Facts that do not apply are `null`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArrivalShown)]
pub struct ArrivalResponse {
    /// `smtp`, `http`, `spool` (over HTTP, after it had waited in the spool of `mailgrant send`),
    /// `resent`, or `alert`.
    pub protocol: String,
    /// The sender that the message counts for. It may have been removed since.
    pub sender: Option<ArrivalSenderResponse>,
    /// The name of the API key.
    pub key: Option<String>,
    /// The IP address of the client.
    pub client_address: Option<String>,
    /// The name in the client's EHLO or HELO. The client chooses it, so do not rely on it.
    pub client_name: Option<String>,
    /// The TLS version of an SMTP session, such as `1.3`; `null` without TLS, and for other
    /// protocols.
    pub tls: Option<String>,
    /// The address and the mode of the listener of an SMTP session.
    pub listener: Option<String>,
    /// The ID of the message that was resent.
    pub resent_from: Option<String>,
}

/// The sender of a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ArrivalSenderShown)]
pub struct ArrivalSenderResponse {
    /// The sender ID.
    pub id: String,
    /// The name that the sender had then.
    pub name: String,
}

/// A recipient of a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecipientShown)]
pub struct RecipientResponse {
    /// The address.
    pub address: String,
    /// `to`, `cc` or `bcc`.
    pub kind: String,
    /// `waiting`, `accepted`, `refused` or `bounced`.
    pub state: String,
    /// The reply of the mail server.
    pub reply: String,
    /// The code of the finding that explains the rejection.
    pub finding: Option<String>,
}

/// One attempt to deliver a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttemptShown)]
pub struct AttemptResponse {
    /// The number of the attempt, starting at 1.
    pub number: i64,
    /// The start time.
    pub started_at: String,
    /// The duration in milliseconds.
    pub duration_ms: i64,
    /// `host:port` of the mail server.
    pub server: String,
    /// `delivered`, `partly_delivered`, `put_off`, `refused` or `unknown`.
    pub outcome: String,
    /// The code of the finding, if the attempt failed.
    pub finding: Option<String>,
    /// The transcript of the SMTP session, without secrets.
    pub transcript: String,
}

impl MessageResponse {
    /// Converts a message, with its attempts if they were read.
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
            submitted_by: SubmitterResponse {
                kind: message.submitted_by.kind().to_owned(),
                name: message.submitted_by.name().to_owned(),
            },
            arrival: ArrivalResponse::of(message.arrival, &message.submitted_by),
            recipients: message.recipients.into_iter().map(Into::into).collect(),
            finding: message
                .finding
                .map(|finding| finding.code.code().to_owned()),
            attempt_count: message.attempts,
            attempts: attempts.map(|all| all.into_iter().map(Into::into).collect()),
        }
    }
}

impl ArrivalResponse {
    fn of(arrival: Arrival, submitted_by: &Principal) -> Self {
        Self {
            protocol: arrival.protocol.code().to_owned(),
            sender: arrival.sender.map(|sender| ArrivalSenderResponse {
                id: sender.id.as_str().to_owned(),
                name: sender.name.to_string(),
            }),
            key: match submitted_by {
                Principal::Key(name) => Some(name.clone()),
                _ => None,
            },
            client_address: arrival.client_address.map(|address| address.to_string()),
            client_name: arrival.client_name,
            tls: arrival.tls,
            listener: arrival.listener,
            resent_from: arrival.resent_from.map(|id| id.as_str().to_owned()),
        }
    }
}

impl From<Recipient> for RecipientResponse {
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

impl From<Attempt> for AttemptResponse {
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
