//! Messages that Mailgrant writes itself: the test email and notifications.

use std::time::{Duration, UNIX_EPOCH};

use domain::{EmailAddress, FromAddress, Recipient, RecipientKind, UnixTime};
use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{Header, HeaderName, HeaderValue},
    },
};

use crate::Composed;

/// An automatic message in plain text.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    /// The `From` address, which is the sender of the envelope as well.
    pub from: &'a FromAddress,
    /// The only recipient.
    pub to: &'a EmailAddress,
    /// The subject.
    pub subject: &'a str,
    /// The text, lines ended by CRLF.
    pub text: String,
    /// The Message-ID, with angle brackets.
    pub message_id: String,
    /// The date of the message.
    pub date: UnixTime,
}

impl Notice<'_> {
    /// Writes the message. Returns `None` if lettre refuses an address that [`EmailAddress`]
    /// accepts.
    pub fn compose(self) -> Option<Composed> {
        let sender: Address = self.from.address.as_str().parse().ok()?;
        let recipient: Address = self.to.as_str().parse().ok()?;
        let date = UNIX_EPOCH + Duration::from_secs(u64::try_from(self.date.0).ok()?);
        let message = Message::builder()
            .from(Mailbox::new(self.from.name.clone(), sender))
            .to(Mailbox::new(None, recipient))
            .subject(self.subject)
            .date(date)
            .message_id(Some(self.message_id.clone()))
            .header(AutoSubmitted)
            .body(self.text)
            .ok()?;
        Some(Composed {
            sender: self.from.address.clone(),
            recipients: vec![Recipient::new(self.to.clone(), RecipientKind::To)],
            message_id: self.message_id,
            from: self.from.to_string(),
            subject: self.subject.to_owned(),
            content: message.formatted(),
        })
    }
}

/// Writes the test email. Returns `None` if lettre refuses an address that [`EmailAddress`]
/// accepts.
pub fn test_email(from: &FromAddress, to: &EmailAddress, now: UnixTime) -> Option<Composed> {
    let sender = &from.address;
    Notice {
        from,
        to,
        subject: "Mailgrant test email",
        text: format!(
            "This message was sent by Mailgrant to test its SMTP settings.\r\n\
             If you're reading this, mail from {sender} is being delivered.\r\n"
        ),
        message_id: format!("<{}@{}>", clock::random::token::<16>(), sender.domain()),
        date: now,
    }
    .compose()
}

/// `Auto-Submitted: auto-generated` (RFC 3834 §5) prevents automatic replies.
#[derive(Clone, Copy)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
