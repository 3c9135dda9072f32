//! Mail, as pages show it.

use std::{fmt, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{InvalidId, UnixTime};

/// ID of a mail in a folder: UIDVALIDITY and UID (RFC 9051 §2.3.1.1), written as `7.1234`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MailId {
    /// UIDVALIDITY of the folder. If it changes, the UID is no longer valid.
    pub uid_validity: u32,
    /// UID, which increases with every mail that arrives.
    pub uid: NonZeroU32,
}

impl MailId {
    /// Placeholder for the current UIDVALIDITY. No server uses this value (RFC 9051 §9,
    /// `nz-number`).
    pub const ANY: u32 = 0;

    /// Parses `7.1234`.
    ///
    /// # Errors
    /// If the text does not have this format.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
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
            .ok_or(InvalidId)
    }
}

impl fmt::Display for MailId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.uid_validity, self.uid)
    }
}

/// Summary of a mail in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSummary {
    /// ID in its folder.
    pub id: MailId,
    /// Sender from the header: a name, an address, or both. May be empty.
    pub from: String,
    /// Decoded subject. May be empty.
    pub subject: String,
    /// Time in the header `Date`.
    pub sent_at: Option<UnixTime>,
    /// Time at which the server received the mail.
    pub received_at: Option<UnixTime>,
    /// True if the mail was read, in any client.
    pub seen: bool,
    /// True if the mail was answered.
    pub answered: bool,
    /// True if the mail was flagged.
    pub flagged: bool,
    /// Size in bytes.
    pub size: u32,
}

impl MailSummary {
    /// Returns a summary with nothing but the ID.
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

/// Page of a folder's mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPage {
    /// UIDVALIDITY of the folder.
    pub uid_validity: u32,
    /// Number of mails in the folder, ignoring the search.
    pub total: u32,
    /// Mails, the newest first. The oldest first if the query starts after a mail.
    pub mails: Vec<MailSummary>,
    /// Start of the next page in the same direction.
    pub next: Option<MailId>,
    /// Newest mail of the folder, from which to poll for later mail.
    pub newest: Option<MailId>,
}

/// Header field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailHeader {
    /// Name of the field.
    pub name: String,
    /// Unfolded value, not decoded.
    pub value: String,
}

/// Attachment of a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailAttachment {
    /// Number within the mail, which counts from 1.
    pub number: u32,
    /// File name. May be empty; contains no path separators and no control characters.
    pub name: String,
    /// Media type, such as `image/png`.
    pub media_type: String,
    /// Decoded size in bytes.
    pub size: u64,
}

/// Complete mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Summary, as in a list.
    pub summary: MailSummary,
    /// Recipients in `To`.
    pub to: String,
    /// Recipients in `Cc`.
    pub cc: String,
    /// `Message-ID`, without angle brackets.
    pub message_id: String,
    /// Header fields, in order.
    pub headers: Vec<MailHeader>,
    /// Number of header fields beyond the limit, which are not in `headers`.
    pub headers_left_out: u32,
    /// Body as plain text.
    pub text: Option<String>,
    /// Body as HTML, reduced to text and its structure.
    pub html: Option<String>,
    /// True if the body has HTML that is too large to show.
    pub html_left_out: bool,
    /// Attachments.
    pub attachments: Vec<MailAttachment>,
    /// True if only the beginning of the mail was read, so attachments may be missing.
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
