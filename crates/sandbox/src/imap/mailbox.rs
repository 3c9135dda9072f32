//! A folder of an account: the messages in it.

use std::sync::Arc;

use imap_codec::imap_types::search::SearchKey;
use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};

use super::matching;
use crate::faults::ImapFault;
use crate::mail::Stored;
use crate::state::Inner;

/// The messages as they were when they were looked at last; the first has the number 1.
pub(super) struct Mailbox {
    pub(super) folder: String,
    pub(super) read_only: bool,
    pub(super) messages: Vec<Arc<Stored>>,
}

impl Mailbox {
    pub(super) fn of(account: &str, folder: &str, read_only: bool, inner: &Inner) -> Self {
        let fault = inner.faults.imap;
        let own = inner
            .mail
            .iter()
            .filter(|_| fault != Some(ImapFault::NotDelivered))
            .filter(|one| one.is_in(account, folder));
        Self {
            folder: folder.to_owned(),
            read_only,
            messages: own
                .map(|one| match fault {
                    Some(ImapFault::FromRewritten) => Arc::new(one.rewritten()),
                    _ => Arc::clone(one),
                })
                .collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Numbers and messages that fit.
    pub(super) fn search(&self, criteria: &SearchKey<'_>) -> Vec<(u32, &Stored)> {
        let fitting = (1..).zip(&self.messages);
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

    /// Numbers and messages of a set of numbers or UIDs.
    pub(super) fn chosen(&self, set: &SequenceSet, by_uid: bool) -> Vec<(u32, Arc<Stored>)> {
        let all = (1..).zip(&self.messages);
        all.filter(|(number, message)| {
            if by_uid {
                self.is_in(set, message.uid, self.largest_uid())
            } else {
                self.is_in(set, *number, self.largest_number())
            }
        })
        .map(|(number, message)| (number, Arc::clone(message)))
        .collect()
    }

    fn is_in(&self, set: &SequenceSet, value: u32, largest: u32) -> bool {
        let number = |one: &SeqOrUid| match one {
            SeqOrUid::Value(value) => value.get(),
            SeqOrUid::Asterisk => largest,
        };
        !self.messages.is_empty()
            && set.0.as_ref().iter().any(|one| match one {
                Sequence::Single(single) => number(single) == value,
                Sequence::Range(from, to) => {
                    let (from, to) = (number(from), number(to));
                    (from.min(to)..=from.max(to)).contains(&value)
                }
            })
    }

    fn largest_number(&self) -> u32 {
        u32::try_from(self.messages.len()).unwrap_or(u32::MAX)
    }

    fn largest_uid(&self) -> u32 {
        self.messages.last().map_or(0, |message| message.uid)
    }
}
