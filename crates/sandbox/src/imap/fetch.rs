//! FETCH: what is asked for of messages.

use imap_codec::imap_types::fetch::{
    Macro, MacroOrMessageDataItemNames, MessageDataItemName as Item, Section,
};
use imap_codec::imap_types::sequence::SequenceSet;

use super::mailbox::{Mailbox, Message};

impl Mailbox {
    /// The answers to a FETCH. A message's flags never change.
    pub(super) fn fetch(
        &self,
        set: &SequenceSet,
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
        let mut bytes = Vec::new();
        for number in self.numbers(set) {
            let Some(message) = self.messages.iter().find(|message| message.uid == number) else {
                continue;
            };
            bytes.extend_from_slice(format!("* {number} FETCH (").as_bytes());
            let mut parts: Vec<Vec<u8>> = Vec::new();
            if uid && !items.contains(&Item::Uid) {
                parts.push(format!("UID {number}").into_bytes());
            }
            parts.extend(items.iter().filter_map(|item| answer(message, item)));
            bytes.extend_from_slice(&parts.join(&b' '));
            bytes.extend_from_slice(b")\r\n");
        }
        bytes
    }
}

fn answer(message: &Message, item: &Item<'_>) -> Option<Vec<u8>> {
    Some(match item {
        Item::Uid => format!("UID {}", message.uid).into_bytes(),
        Item::Flags => b"FLAGS ()".to_vec(),
        Item::InternalDate => b"INTERNALDATE \"01-Jan-2026 00:00:00 +0000\"".to_vec(),
        Item::Rfc822Size => format!("RFC822.SIZE {}", message.raw.len()).into_bytes(),
        Item::BodyExt { section: None, .. } => literal("BODY[]", &message.raw),
        Item::BodyExt {
            section: Some(Section::Header(None)),
            ..
        } => literal("BODY[HEADER]", head(message)),
        Item::BodyExt {
            section: Some(Section::Text(None)),
            ..
        } => {
            let text = message.raw.get(head(message).len()..).unwrap_or_default();
            literal("BODY[TEXT]", text)
        }
        Item::BodyExt {
            section: Some(Section::HeaderFields(None, names)),
            ..
        } => {
            let names = names.as_ref().iter();
            let names: Vec<_> = names
                .map(|name| String::from_utf8_lossy(name.as_ref()).to_uppercase())
                .collect();
            let mut fields = Vec::new();
            let mut wanted = false;
            for line in head(message).split_inclusive(|byte| *byte == b'\n') {
                if !line.starts_with(b" ") && !line.starts_with(b"\t") {
                    let text = String::from_utf8_lossy(line);
                    let name = text.split(':').next().unwrap_or_default().to_uppercase();
                    wanted = names.contains(&name);
                }
                if wanted {
                    fields.extend_from_slice(line);
                }
            }
            fields.extend_from_slice(b"\r\n");
            let section = format!("BODY[HEADER.FIELDS ({})]", names.join(" "));
            literal(&section, &fields)
        }
        Item::Rfc822Header => literal("RFC822.HEADER", head(message)),
        Item::Rfc822 => literal("RFC822", &message.raw),
        _ => return None,
    })
}

fn literal(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut answer = format!("{name} {{{}}}\r\n", bytes.len()).into_bytes();
    answer.extend_from_slice(bytes);
    answer
}

/// The header with the empty line after it.
fn head(message: &Message) -> &[u8] {
    let end = message
        .raw
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map_or(message.raw.len(), |at| at + 4);
    message.raw.get(..end).unwrap_or_default()
}
