//! What a message says, while its content is kept.

use std::num::NonZeroU32;

use domain::{Mail, MailId, MailSummary, MessageId};
use tokio::task::spawn_blocking;

use crate::{MailError, Mailer};

impl Mailer {
    /// What a message says: read as mail of strangers is, since programs put into it what strangers wrote. `None` when there is
    /// no such message or its content was dropped.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_preview(&self, id: &MessageId) -> Result<Option<Mail>, MailError> {
        let Some(raw) = self.store().message_content(id).await? else {
            return Ok(None);
        };
        let summary = MailSummary {
            size: u32::try_from(raw.len()).unwrap_or(u32::MAX),
            // It stands in no folder.
            ..MailSummary::of(MailId {
                uid_validity: 0,
                uid: NonZeroU32::MIN,
            })
        };
        // Nothing panics there; were it so, there would be nothing to show.
        Ok(spawn_blocking(move || message::read_mail(summary, &raw))
            .await
            .ok())
    }
}
