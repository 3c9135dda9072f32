//! The INBOX of an account: the messages that were sent to it.

use imap_codec::imap_types::search::SearchKey;
use imap_codec::imap_types::sequence::{SequenceSet, Strategy};

use crate::faults::ImapFault;
use crate::record::ReceivedMessage;

/// A message; its number in the mailbox is its UID as well.
pub(super) struct Message {
    pub(super) uid: u32,
    pub(super) raw: Vec<u8>,
}

/// The messages as they were when the mailbox was selected.
pub(super) struct Mailbox {
    pub(super) messages: Vec<Message>,
}

impl Mailbox {
    pub(super) fn of(
        account: &str,
        received: &[ReceivedMessage],
        fault: Option<ImapFault>,
    ) -> Self {
        let own = received.iter().filter(|message| {
            if fault == Some(ImapFault::NotDelivered) {
                return false;
            }
            let mut to = message.to.iter();
            to.any(|address| address.eq_ignore_ascii_case(account))
        });
        let messages = own
            .zip(1..)
            .map(|(message, uid)| Message {
                uid,
                raw: match fault {
                    Some(ImapFault::FromRewritten) => rewritten(&message.raw),
                    _ => message.raw.clone(),
                }
                .into_bytes(),
            })
            .collect();
        Self { messages }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// The numbers of the messages that fit.
    pub(super) fn search(&self, criteria: &SearchKey<'_>) -> Vec<u32> {
        let fitting = self.messages.iter();
        fitting
            .filter(|message| self.fits(message, criteria))
            .map(|message| message.uid)
            .collect()
    }

    fn fits(&self, message: &Message, key: &SearchKey<'_>) -> bool {
        match key {
            SearchKey::And(keys) => keys.as_ref().iter().all(|key| self.fits(message, key)),
            SearchKey::Or(one, other) => self.fits(message, one) || self.fits(message, other),
            SearchKey::Not(key) => !self.fits(message, key),
            SearchKey::Header(name, value) => {
                header(message, name.as_ref()).is_some_and(|text| contains(&text, value.as_ref()))
            }
            SearchKey::From(value) => {
                header(message, b"From").is_some_and(|text| contains(&text, value.as_ref()))
            }
            SearchKey::To(value) => {
                header(message, b"To").is_some_and(|text| contains(&text, value.as_ref()))
            }
            SearchKey::Subject(value) => {
                header(message, b"Subject").is_some_and(|text| contains(&text, value.as_ref()))
            }
            SearchKey::Text(value) | SearchKey::Body(value) => {
                contains(&String::from_utf8_lossy(&message.raw), value.as_ref())
            }
            SearchKey::SequenceSet(set) | SearchKey::Uid(set) => {
                self.numbers(set).contains(&message.uid)
            }
            SearchKey::Seen
            | SearchKey::Answered
            | SearchKey::Deleted
            | SearchKey::Draft
            | SearchKey::Flagged
            | SearchKey::Recent
            | SearchKey::New => false,
            _ => true,
        }
    }

    /// The numbers of a set that messages have.
    pub(super) fn numbers(&self, set: &SequenceSet) -> Vec<u32> {
        let largest = u32::try_from(self.messages.len()).unwrap_or(u32::MAX);
        let Some(largest) = std::num::NonZeroU32::new(largest) else {
            return Vec::new();
        };
        let all = set.iter(Strategy::Naive { largest });
        all.map(std::num::NonZeroU32::get)
            .take_while(|number| *number <= largest.get())
            .collect()
    }
}

/// As a provider does that lets an account send as nobody but itself.
fn rewritten(raw: &str) -> String {
    let mut lines = raw.split_inclusive('\n');
    let mut text = String::with_capacity(raw.len());
    for line in lines.by_ref() {
        if line.to_ascii_lowercase().starts_with("from:") {
            text.push_str("From: noreply@sandbox.test\r\n");
        } else {
            text.push_str(line);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    text.extend(lines);
    text
}

/// A header field, unfolded.
fn header(message: &Message, name: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&message.raw).replace("\r\n", "\n");
    let head = text.split("\n\n").next()?.replace("\n ", " ");
    let name = String::from_utf8_lossy(name).into_owned();
    head.replace("\n\t", " ").lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known
            .eq_ignore_ascii_case(&name)
            .then(|| value.trim().to_owned())
    })
}

fn contains(text: &str, wanted: &[u8]) -> bool {
    let wanted = String::from_utf8_lossy(wanted).to_lowercase();
    text.to_lowercase().contains(&wanted)
}
