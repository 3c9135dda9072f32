//! Raw bytes of a message, fetched in chunks to limit the size of each reply.

use std::num::NonZeroU32;

use domain::{FindingCode, MailId, MailSummary};
use imap_codec::imap_types::fetch::MessageDataItemName;

use super::{MailboxError, session::Session, summary::items};

/// Chunk size in bytes. A chunk arrives within the reply timeout even over a slow connection.
const CHUNK_BYTES: NonZeroU32 = NonZeroU32::MIN.saturating_add(256 * 1024 - 1);

impl Session {
    /// Returns the list entry of a message.
    pub(super) async fn summary_of(&mut self, id: MailId) -> Result<MailSummary, MailboxError> {
        let uid = self.uid_of(id)?;
        let reported = self.fetch(uid.into(), items(), true).await?;
        let mut message = reported.iter().filter(|reported| reported.uid == Some(uid));
        let found = message.find_map(|reported| self.summary(reported));
        found.ok_or(MailboxError::NoMail)
    }

    /// Returns the start of a message, up to `limit` bytes.
    pub(super) async fn read(&mut self, id: MailId, limit: u32) -> Result<Vec<u8>, MailboxError> {
        let uid = self.uid_of(id)?;
        let mut bytes: Vec<u8> = Vec::new();
        loop {
            let from = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            let left = limit.saturating_sub(from);
            let Some(length) = NonZeroU32::new(left.min(CHUNK_BYTES.get())) else {
                return Ok(bytes);
            };
            let item = MessageDataItemName::BodyExt {
                section: None,
                partial: Some((from, length)),
                peek: true,
            };
            let items = vec![MessageDataItemName::Uid, item];
            let reported = self.fetch(uid.into(), items, true).await?;
            let message = reported
                .into_iter()
                .find(|reported| reported.uid == Some(uid));
            let message = message.ok_or(MailboxError::NoMail)?;
            let Some(piece) = message.sections.into_iter().next() else {
                return Err(self.failed(FindingCode::ImapAnswerUnreadable));
            };
            let (data, origin) = (piece.data, piece.origin.unwrap_or_default());
            let whole = usize::try_from(length.get()).unwrap_or(usize::MAX);
            let is_all = from == 0 && data.len() > whole;
            // A chunk with another offset would corrupt the message.
            if origin != from || (data.len() > whole && !is_all) {
                return Err(self.failed(FindingCode::ImapAnswerUnreadable));
            }
            bytes.extend_from_slice(&data);
            if is_all {
                // The server ignores the range and sends the whole message.
                bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                return Ok(bytes);
            }
            if data.len() < whole {
                return Ok(bytes);
            }
        }
    }
}
