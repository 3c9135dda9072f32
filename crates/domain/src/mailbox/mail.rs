//! Mail as it is shown.

use std::{fmt, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{FieldError, UnixTime};

/// Names a mail in a folder: UIDVALIDITY and UID (RFC 9051 §2.3.1.1), as `7.1234`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MailId {
    /// Changes when the server numbers a folder anew; the UID means nothing then.
    pub uid_validity: u32,
    /// Grows with each mail that arrives.
    pub uid: NonZeroU32,
}

impl MailId {
    /// In place of a UIDVALIDITY: whatever it is now. No server has it (RFC 9051 §9, `nz-number`).
    pub const ANY: u32 = 0;

    /// Reads `7.1234`.
    ///
    /// # Errors
    /// `UnknownChoice`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<u32>().ok())?
        };
        text.split_once('.')
            .and_then(|(validity, uid)| {
                Some(Self {
                    uid_validity: number(validity)?,
                    uid: NonZeroU32::new(number(uid)?)?,
                })
            })
            .ok_or(FieldError::UnknownChoice)
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.uid_validity, self.uid)
    }
}

/// A mail in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSummary {
    /// Which.
    pub id: MailId,
    /// Who it says it is from: a name and an address, or one of them; may be empty.
    pub from: String,
    /// May be empty.
    pub subject: String,
    /// When it says it was sent.
    pub sent_at: Option<UnixTime>,
    /// When the server got it.
    pub received_at: Option<UnixTime>,
    /// Somebody has read it, elsewhere.
    pub seen: bool,
    /// Somebody has answered it.
    pub answered: bool,
    /// Somebody has marked it.
    pub flagged: bool,
    /// Bytes.
    pub size: u32,
}

impl MailSummary {
    /// A mail of which nothing is known yet but which it is.
    pub fn of(id: MailId) -> Self {
        Self {
            id,
            from: String::new(),
            subject: String::new(),
            sent_at: None,
            received_at: None,
            seen: false,
            answered: false,
            flagged: false,
            size: 0,
        }
    }
}

/// A part of the mail of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPage {
    /// UIDVALIDITY of the folder.
    pub uid_validity: u32,
    /// How many there are in the folder, whatever was looked for.
    pub total: u32,
    /// The newest first, unless those after another one were asked for.
    pub mails: Vec<MailSummary>,
    /// Where the next part begins, in the direction that was asked for.
    pub next: Option<MailId>,
    /// The newest of the folder; what comes later comes after it.
    pub newest: Option<MailId>,
}

/// A header field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailHeader {
    /// Its name.
    pub name: String,
    /// Its value as it came, unfolded.
    pub value: String,
}

/// A file that came with a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailAttachment {
    /// Counts from 1.
    pub number: u32,
    /// May be empty; holds no separators of paths and no control characters.
    pub name: String,
    /// `image/png`.
    pub media_type: String,
    /// Bytes, decoded.
    pub size: u64,
}

/// A whole mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// As in a list.
    pub summary: MailSummary,
    /// Whom it says it is to.
    pub to: String,
    /// Whom it says got a copy.
    pub cc: String,
    /// `Message-ID`, without angle brackets.
    pub message_id: String,
    /// Its header fields, in order.
    pub headers: Vec<MailHeader>,
    /// How many more there are.
    pub headers_left_out: u32,
    /// What it says as plain text.
    pub text: Option<String>,
    /// What it says as HTML, freed of everything that is not words and their order.
    pub html: Option<String>,
    /// There is HTML, which is too large to be shown.
    pub html_left_out: bool,
    /// What came with it.
    pub attachments: Vec<MailAttachment>,
    /// Only its beginning was read: attachments may be missing.
    pub cut: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_as_it_is_written_and_nothing_else_does() {
        for text in ["1.1", "4294967295.4294967295", "0.7"] {
            assert_eq!(MailId::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            ".",
            "1",
            "1.",
            ".1",
            "1.0",
            "1.-1",
            "+1.1",
            "1.4294967296",
            "1.1.1",
            " 1.1",
            "*.1",
        ] {
            assert!(MailId::parse(text).is_err(), "{text}");
        }
    }
}
