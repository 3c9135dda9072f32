//! A message that a program has written itself.

mod recipients;
mod senders;

use domain::{MessageFieldError, OtherFrom, UnixTime};

use super::{
    Composed, MessageErrors, MessageField as Field, RawMessage, Received, SenderPolicy,
    charset::Charset, fields, header::MAX_LINE, parts,
};

/// Octets of the header.
const MAX_HEADER: usize = 256 * 1_024;
/// Fields that repeat the envelope or that only mail servers add.
const REMOVED: [&str; 6] = [
    "Authentication-Results",
    "Bcc",
    "Resent-Bcc",
    "Return-Path",
    "Delivered-To",
    "Envelope-To",
];
/// A message that a program has written itself, with its envelope.
#[derive(Clone, Debug, Default)]
pub struct RawRequest {
    /// The message (RFC 5322).
    pub content: Vec<u8>,
    /// The envelope that the program asks for.
    pub envelope: Envelope,
    /// True to replace a `From` address that is not allowed by the default one, keeping its name,
    /// instead of refusing it.
    pub replace_from: bool,
    /// How the message arrived, if it gets a `Received` field.
    pub received: Option<Received>,
}

/// The envelope of a raw message, as a program asks for it.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// The recipients; `None` for all in `To`, `Cc`, and `Bcc`.
    pub recipients: Option<Vec<String>>,
    /// The sender address; `None` for that of `From`. [`Envelope::NULL_SENDER`] for the null sender.
    pub sender: Option<String>,
}

impl Envelope {
    /// The null sender (RFC 5321 §4.5.5). The rules of the sender decide about it.
    pub const NULL_SENDER: &str = "<>";
}

impl RawRequest {
    /// Checks the message and prepares it for sending.
    ///
    /// # Errors
    /// The invalid fields, each with its first error.
    pub fn compose(self, policy: &SenderPolicy, now: UnixTime) -> Result<Composed, MessageErrors> {
        let mut message = RawMessage::parse(&self.content);
        let charset = if message.has_raw_fields() || !self.content.is_ascii() {
            parts::charset_of(&message)
        } else {
            Charset::default()
        };
        message.decode_fields(charset);
        fields::keep_once(&mut message);
        fields::keep_well_formed(&mut message);
        let mut errors = MessageErrors::default();
        let other_from = match policy.rules.other_from {
            OtherFrom::Reject if self.replace_from => OtherFrom::KeepName,
            other_from => other_from,
        };
        let from = senders::from(&mut message, policy, other_from);
        let from = errors.check(Field::From, from);
        let sender = senders::sender(&mut message, policy, &self, other_from, from.as_ref());
        let sender = errors.check(Field::Sender, sender);
        let recipients = recipients::read(&message, &self.envelope, policy, &mut errors);
        let (Some(from), Some(sender), true) = (from, sender, errors.is_empty()) else {
            return Err(errors);
        };
        for name in REMOVED {
            message.remove(name);
        }
        if let Some(received) = &self.received {
            message.insert_first("Received", &received.line(now));
        }
        let message_id = fields::identify(&mut message, &from, now);
        let subject = message.values("Subject").into_iter().next();
        let subject = subject
            .map(|value| fields::subject_text(&value))
            .unwrap_or_default();
        fields::encode(&mut message, charset);
        parts::encode_for_transport(&mut message, charset)
            .map_err(|error| MessageErrors::one(Field::Message, error))?;
        let head = message.header();
        let fits = head.len() <= MAX_HEADER
            && head
                .split(|b| *b == b'\n')
                .all(|line| line.len() <= MAX_LINE + 1);
        if !fits {
            return Err(MessageErrors::one(
                Field::Message,
                MessageFieldError::TooLong,
            ));
        }
        Composed {
            sender,
            recipients,
            message_id,
            from: from.to_string(),
            subject,
            content: message.to_bytes(),
        }
        .within_size()
    }
}
