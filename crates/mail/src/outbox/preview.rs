//! Preview of a message whose content is stored.

use std::num::NonZeroU32;

use domain::{Mail, MailId, MailSummary, MessageId};
use tokio::task::spawn_blocking;

use super::Outbox;
use crate::MailError;

impl Outbox {
    /// Returns a message for display. It is parsed as untrusted input, because programs quote other
    /// people's text. `None` if the message does not exist or its content was deleted.
    /// # Errors
    /// If the database fails.
    pub async fn preview(&self, id: &MessageId) -> Result<Option<Mail>, MailError> {
        let Some(raw) = self.store.message_content(id).await? else {
            return Ok(None);
        };
        let summary = MailSummary {
            size: u32::try_from(raw.len()).unwrap_or(u32::MAX),
            // An outbox message is not in a folder.
            ..MailSummary::of(MailId {
                uid_validity: 0,
                uid: NonZeroU32::MIN,
            })
        };
        // Parsing should not panic. If it does, there is no preview.
        Ok(spawn_blocking(move || message::read_mail(summary, &raw))
            .await
            .ok())
    }
}
