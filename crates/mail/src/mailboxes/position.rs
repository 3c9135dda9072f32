//! Positions of messages in a folder, found without reading the whole folder.

use std::num::NonZeroU32;

use imap_codec::imap_types::{
    fetch::MessageDataItemName,
    sequence::{SeqOrUid, Sequence, SequenceSet},
};

use super::{MailboxError, session::Session};

/// Returns the sequence set from one number to another, both included.
pub(super) fn range(from: u32, to: u32) -> Option<SequenceSet> {
    let (from, to) = (NonZeroU32::new(from)?, NonZeroU32::new(to)?);
    (from <= to)
        .then(|| SequenceSet::from(Sequence::Range(SeqOrUid::Value(from), SeqOrUid::Value(to))))
}

impl Session {
    /// Returns the number of messages before a UID. If the message exists, its sequence number
    /// gives the result. Otherwise a binary search finds it with at most 32 requests.
    pub(super) async fn count_before(&mut self, uid: NonZeroU32) -> Result<u32, MailboxError> {
        let reported = self
            .fetch(uid.into(), vec![MessageDataItemName::Uid], true)
            .await?;
        let message = reported.iter().find(|reported| reported.uid == Some(uid));
        if let Some(message) = message {
            return Ok(message.number.saturating_sub(1));
        }
        let (mut before, mut others) = (0, self.exists());
        while before < others {
            let middle = before + (others - before).div_ceil(2);
            match self.uid_at(middle).await? {
                Some(found) if found < uid => before = middle,
                // Also applies if the message was removed meanwhile, because there are fewer
                // messages then.
                _ => others = middle - 1,
            }
        }
        Ok(before)
    }

    /// Returns the UID of the message with this sequence number.
    pub(super) async fn uid_at(&mut self, number: u32) -> Result<Option<NonZeroU32>, MailboxError> {
        let Some(set) = range(number, number) else {
            return Ok(None);
        };
        let reported = self
            .fetch(set, vec![MessageDataItemName::Uid], false)
            .await?;
        let message = reported.iter().find(|reported| reported.number == number);
        Ok(message.and_then(|message| message.uid))
    }
}
