//! The test email.

use std::time::{Duration, UNIX_EPOCH};

use domain::{EmailAddress, FromAddress, UnixTime};
use lettre::{Address, Message, message::Mailbox};

/// The test email with its envelope.
#[derive(Debug)]
pub struct TestEmail {
    /// The sender address.
    pub from: Address,
    /// The recipient.
    pub to: Address,
    /// The Message-ID, with angle brackets.
    pub message_id: String,
    /// The whole message (RFC 5322).
    pub bytes: Vec<u8>,
}

impl TestEmail {
    /// Writes the test email. Returns `None` if lettre refuses an address that [`EmailAddress`] accepts.
    pub fn new(from: &FromAddress, to: &EmailAddress, now: UnixTime) -> Option<Self> {
        let sender: Address = from.address.as_str().parse().ok()?;
        let recipient: Address = to.as_str().parse().ok()?;
        let message_id = format!(
            "<{}@{}>",
            clock::random::token::<16>(),
            from.address.domain()
        );
        let date = UNIX_EPOCH + Duration::from_secs(u64::try_from(now.0).ok()?);
        let message = Message::builder()
            .from(Mailbox::new(from.name.clone(), sender.clone()))
            .to(Mailbox::new(None, recipient.clone()))
            .subject("Mailgrant test email")
            .date(date)
            .message_id(Some(message_id.clone()))
            // RFC 3834 §5: keeps vacation notices from answering.
            .header(AutoSubmitted)
            .body(format!(
                "This message was sent by Mailgrant to test its SMTP settings.\r\n\
                 If you're reading this, mail from {sender} is being delivered.\r\n"
            ))
            .ok()?;
        Some(Self {
            from: sender,
            to: recipient,
            message_id,
            bytes: message.formatted(),
        })
    }
}

/// The header field `Auto-Submitted: auto-generated` (RFC 3834 §5), which keeps vacation notices from answering.
#[derive(Clone, Copy, Debug)]
pub struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        let value = "auto-generated".to_owned();
        lettre::message::header::HeaderValue::new(Self::name(), value)
    }
}
