//! Selected folder of an account.

use std::collections::BTreeSet;
use std::sync::Arc;

use imap_codec::imap_types::search::SearchKey;
use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};

use super::matching;
use crate::faults::ImapFault;
use crate::mail::{Messages, Stored};
use crate::state::Inner;

/// Messages as they were last reported to the client. The first has the sequence number 1.
pub(super) struct Mailbox {
    pub(super) folder: String,
    pub(super) read_only: bool,
    pub(super) messages: Messages,
}

impl Mailbox {
    pub(super) fn of(account: &str, folder: &str, read_only: bool, inner: &Inner) -> Self {
        let own = inner.mail.of(account, folder);
        let messages = match inner.faults.imap {
            Some(ImapFault::NotDelivered) => Messages::default(),
            Some(ImapFault::FromRewritten) => {
                Arc::new(own.iter().map(|one| Arc::new(one.rewritten())).collect())
            }
            _ => own,
        };
        Self {
            folder: folder.to_owned(),
            read_only,
            messages,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Returns the sequence numbers and messages that match.
    pub(super) fn search(&self, criteria: &SearchKey<'_>) -> Vec<(u32, &Stored)> {
        let fitting = (1..).zip(self.messages.iter());
        fitting
            .filter(|(number, message)| self.fits(*number, message, criteria))
            .map(|(number, message)| (number, message.as_ref()))
            .collect()
    }

    fn fits(&self, number: u32, message: &Stored, key: &SearchKey<'_>) -> bool {
        match key {
            SearchKey::And(keys) => {
                let mut keys = keys.as_ref().iter();
                keys.all(|key| self.fits(number, message, key))
            }
            SearchKey::Or(one, other) => {
                self.fits(number, message, one) || self.fits(number, message, other)
            }
            SearchKey::Not(key) => !self.fits(number, message, key),
            SearchKey::SequenceSet(set) => self.is_in(set, number, self.largest_number()),
            SearchKey::Uid(set) => self.is_in(set, message.uid, self.largest_uid()),
            key => matching::fits(message, key),
        }
    }

    /// Returns the sequence numbers and messages of a set of sequence numbers or UIDs.
    pub(super) fn chosen(&self, set: &SequenceSet, by_uid: bool) -> Vec<(u32, Arc<Stored>)> {
        let largest = if by_uid {
            self.largest_uid()
        } else {
            self.largest_number()
        };
        // Searches by bisection, because a folder may be large.
        let below = |value: u32| {
            if by_uid {
                self.messages.partition_point(|one| one.uid < value)
            } else {
                let number = usize::try_from(value).unwrap_or(usize::MAX);
                number.saturating_sub(1).min(self.len())
            }
        };
        let places: BTreeSet<_> = set
            .0
            .as_ref()
            .iter()
            .map(|one| bounds(one, largest))
            .flat_map(|(from, to)| below(from)..below(to.saturating_add(1)))
            .collect();
        places
            .into_iter()
            .filter_map(|place| {
                let number = u32::try_from(place + 1).ok()?;
                Some((number, Arc::clone(self.messages.get(place)?)))
            })
            .collect()
    }

    fn is_in(&self, set: &SequenceSet, value: u32, largest: u32) -> bool {
        let mut all = set.0.as_ref().iter().map(|one| bounds(one, largest));
        !self.messages.is_empty() && all.any(|(from, to)| (from..=to).contains(&value))
    }

    fn largest_number(&self) -> u32 {
        u32::try_from(self.messages.len()).unwrap_or(u32::MAX)
    }

    fn largest_uid(&self) -> u32 {
        self.messages.last().map_or(0, |message| message.uid)
    }
}

/// Returns the lowest and the highest number of a part of a set.
fn bounds(part: &Sequence, largest: u32) -> (u32, u32) {
    let number = |one: &SeqOrUid| match one {
        SeqOrUid::Value(value) => value.get(),
        SeqOrUid::Asterisk => largest,
    };
    match part {
        Sequence::Single(single) => (number(single), number(single)),
        Sequence::Range(from, to) => {
            let (from, to) = (number(from), number(to));
            (from.min(to), from.max(to))
        }
    }
}
