//! FETCH responses.

use imap_codec::imap_types::fetch::{
    Macro, MacroOrMessageDataItemNames, MessageDataItemName as Item, Section,
};

use super::mailbox::Mailbox;
use crate::mail::Stored;

impl Mailbox {
    /// Returns the response for one message.
    pub(super) fn fetch(
        &self,
        number: u32,
        message: &Stored,
        items: &MacroOrMessageDataItemNames<'_>,
        uid: bool,
    ) -> Vec<u8> {
        let items = match items {
            MacroOrMessageDataItemNames::Macro(Macro::Fast | Macro::All | Macro::Full) => {
                vec![Item::Flags, Item::InternalDate, Item::Rfc822Size]
            }
            MacroOrMessageDataItemNames::MessageDataItemNames(items) => items.clone(),
            MacroOrMessageDataItemNames::Macro(_) => Vec::new(),
        };
        if !self.read_only && items.iter().any(marks_as_seen) {
            message.see();
        }
        let mut parts: Vec<Vec<u8>> = Vec::new();
        if uid && !items.contains(&Item::Uid) {
            parts.push(format!("UID {}", message.uid).into_bytes());
        }
        parts.extend(items.iter().filter_map(|item| answer(message, item)));
        let mut bytes = format!("* {number} FETCH (").into_bytes();
        bytes.extend_from_slice(&parts.join(&b' '));
        bytes.extend_from_slice(b")\r\n");
        bytes
    }
}

/// Returns the responses as servers send them that do not follow the standard: with a space before
/// the last parenthesis (QQ), and without a date (Domino).
pub(super) fn nonstandard(answers: &[Vec<u8>]) -> Vec<u8> {
    const DATE: &[u8] = b"INTERNALDATE \"";
    let mut sent = Vec::new();
    for answer in answers {
        let mut odd = answer.clone();
        let date = odd.windows(DATE.len()).position(|part| part == DATE);
        if let Some(start) = date.map(|date| date + DATE.len()) {
            odd.splice(start..start + 26, *b"00-Jan-0000 00:00:00 +0000");
        }
        odd.truncate(odd.len() - b")\r\n".len());
        odd.extend_from_slice(b" )\r\n");
        sent.extend(odd);
    }
    sent
}

/// Returns true for the messages that a fault makes unreadable.
pub(super) fn is_unreadable(message: &Stored) -> bool {
    let subject = b"Subject: unreadable\r\n";
    let mut parts = message.head().windows(subject.len());
    parts.any(|part| part == subject)
}

/// Returns true for items that set the flag `\Seen` (RFC 3501 §6.4.5).
fn marks_as_seen(item: &Item<'_>) -> bool {
    matches!(
        item,
        Item::BodyExt { peek: false, .. } | Item::Rfc822 | Item::Rfc822Text
    )
}

fn answer(message: &Stored, item: &Item<'_>) -> Option<Vec<u8>> {
    Some(match item {
        Item::Uid => format!("UID {}", message.uid).into_bytes(),
        Item::Flags if message.is_seen() => b"FLAGS (\\Seen)".to_vec(),
        Item::Flags => b"FLAGS ()".to_vec(),
        Item::InternalDate => format!("INTERNALDATE \"{}\"", date(message)).into_bytes(),
        Item::Rfc822Size => format!("RFC822.SIZE {}", message.raw.len()).into_bytes(),
        Item::BodyExt {
            section, partial, ..
        } => {
            let (name, bytes) = part(message, section.as_ref())?;
            match partial {
                None => literal(&format!("BODY[{name}]"), &bytes),
                Some((from, length)) => {
                    let start = bytes.len().min(*from as usize);
                    let end = bytes.len().min(start + length.get() as usize);
                    let bytes = bytes.get(start..end).unwrap_or_default();
                    literal(&format!("BODY[{name}]<{from}>"), bytes)
                }
            }
        }
        Item::Rfc822Header => literal("RFC822.HEADER", message.head()),
        Item::Rfc822 => literal("RFC822", &message.raw),
        _ => return None,
    })
}

/// Returns the name and the bytes of a part of a message.
fn part(message: &Stored, section: Option<&Section<'_>>) -> Option<(String, Vec<u8>)> {
    let head = message.head();
    Some(match section {
        None => (String::new(), message.raw.to_vec()),
        Some(Section::Header(None)) => ("HEADER".to_owned(), head.to_vec()),
        Some(Section::Text(None)) => {
            let text = message.raw.get(head.len()..).unwrap_or_default();
            ("TEXT".to_owned(), text.to_vec())
        }
        Some(Section::HeaderFields(None, names)) => {
            let names = names.as_ref().iter();
            let names: Vec<_> = names
                .map(|name| String::from_utf8_lossy(name.as_ref()).to_uppercase())
                .collect();
            let mut fields = Vec::new();
            let mut wanted = false;
            for line in head.split_inclusive(|byte| *byte == b'\n') {
                if !line.starts_with(b" ") && !line.starts_with(b"\t") {
                    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
                    let name = String::from_utf8_lossy(name).to_uppercase();
                    wanted = names.contains(&name);
                }
                if wanted {
                    fields.extend_from_slice(line);
                }
            }
            fields.extend_from_slice(b"\r\n");
            (format!("HEADER.FIELDS ({})", names.join(" ")), fields)
        }
        Some(_) => return None,
    })
}

/// Returns the time of arrival in the format of INTERNALDATE.
fn date(message: &Stored) -> String {
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(message.received_at);
    // For example `Sun, 06 Nov 1994 08:49:37 GMT`.
    let text = httpdate::fmt_http_date(at);
    let mut words = text.split(' ').skip(1);
    let mut word = || words.next().unwrap_or_default();
    let (day, month, year, time) = (word(), word(), word(), word());
    format!("{day}-{month}-{year} {time} +0000")
}

fn literal(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut answer = format!("{name} {{{}}}\r\n", bytes.len()).into_bytes();
    answer.extend_from_slice(bytes);
    answer
}
