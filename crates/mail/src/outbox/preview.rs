//! A preview of a message while its content is kept.

use std::num::NonZeroU32;

use domain::{Mail, MailId, MailSummary, MessageId};
use tokio::task::spawn_blocking;

use super::Outbox;
use crate::MailError;

impl Outbox {
    /// Returns a message as people see it. It is parsed as untrusted input, since programs quote
    /// other people's text. `None` if there is no such message or its content was dropped.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn preview(&self, id: &MessageId) -> Result<Option<Mail>, MailError> {
        let Some(raw) = self.store.message_content(id).await? else {
            return Ok(None);
        };
        let summary = MailSummary {
            size: u32::try_from(raw.len()).unwrap_or(u32::MAX),
            // An outbox message is in no folder.
            ..MailSummary::of(MailId {
                uid_validity: 0,
                uid: NonZeroU32::MIN,
            })
        };
        // Parsing should not panic; if it does, there is no preview.
        Ok(spawn_blocking(move || message::read_mail(summary, &raw))
            .await
            .ok())
    }
}
