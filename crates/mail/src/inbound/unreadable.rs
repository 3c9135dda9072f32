//! Messages that could not be read from a mailbox, kept in memory. A message that the server cannot
//! send is skipped after several tries, so it does not delay the others.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::DataCenterId;
use store::MailReader;

use super::poll::Reading;

/// Number of failures after which a message is skipped. The interval between polls grows with each
/// failure, so a temporary failure skips nothing.
const MAX_FAILURES: u32 = 3;

type Key = (DataCenterId, MailReader);

/// The last failure for each reader.
#[derive(Debug, Default)]
pub(crate) struct UnreadableMessages(Mutex<HashMap<Key, UnreadableMessage>>);

#[derive(Clone, Copy, Debug)]
struct UnreadableMessage {
    /// The first message that could not be read.
    at: NonZeroU32,
    /// UID up to which messages are requested one by one.
    until: NonZeroU32,
    /// Number of times that requesting only this message failed.
    failures: u32,
}

impl UnreadableMessages {
    fn all(&self) -> MutexGuard<'_, HashMap<Key, UnreadableMessage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the last UID to request together with `first`.
    pub(super) fn last(
        &self,
        reading: &Reading<'_>,
        first: NonZeroU32,
        last: NonZeroU32,
    ) -> NonZeroU32 {
        let key = (reading.id.clone(), reading.reader);
        match self.all().get(&key) {
            Some(message) if (message.at..=message.until).contains(&first) => first,
            _ => last,
        }
    }

    /// Records that messages could not be read. Returns true if the range is a single message that
    /// must be skipped.
    pub(super) fn note(&self, reading: &Reading<'_>, first: NonZeroU32, last: NonZeroU32) -> bool {
        let key = (reading.id.clone(), reading.reader);
        let mut all = self.all();
        let message = all.entry(key).or_insert(UnreadableMessage {
            at: first,
            until: last,
            failures: 0,
        });
        let failures = if message.at == first {
            message.failures
        } else {
            0
        };
        *message = UnreadableMessage {
            at: first,
            until: message.until.max(last),
            failures: failures + u32::from(first == last),
        };
        message.failures >= MAX_FAILURES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_fails_alone_several_times_is_skipped() {
        let id = DataCenterId::default();
        let reading = Reading {
            id: &id,
            reader: MailReader::Bounces,
            mailbox: "box",
        };
        let uid = |uid| NonZeroU32::new(uid).unwrap();
        let unreadable = UnreadableMessages::default();
        assert_eq!(unreadable.last(&reading, uid(1), uid(40)), uid(40));
        assert!(!unreadable.note(&reading, uid(1), uid(40)));
        assert_eq!(unreadable.last(&reading, uid(1), uid(40)), uid(1));
        // The first message is read, the second is not.
        assert_eq!(unreadable.last(&reading, uid(2), uid(41)), uid(2));
        let failures = [false, false, true];
        for skipped in failures {
            assert_eq!(unreadable.note(&reading, uid(2), uid(2)), skipped);
        }
        assert_eq!(unreadable.last(&reading, uid(3), uid(42)), uid(3));
        assert_eq!(unreadable.last(&reading, uid(41), uid(80)), uid(80));
    }
}
