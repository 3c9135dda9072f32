//! Reading and changing the outbox.

use domain::{
    Actor, Attempt, DataCenterId, MessageFilter, MessageId, OutboxMessage, SendingSettings,
};
use store::ChangeOutcome;

use crate::{MailError, Mailer};

/// Some messages of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages, the newest first.
    pub messages: Vec<OutboxMessage>,
    /// What to ask for to get those after them; `None` when there are none.
    pub next: Option<MessageId>,
}

impl Mailer {
    /// At most `at_most` messages, the newest first, from the cursor on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn messages(
        &self,
        filter: &MessageFilter,
        cursor: Option<&MessageId>,
        at_most: u32,
    ) -> Result<MessagePage, MailError> {
        let wanted = at_most.saturating_add(1);
        let mut messages = self.store().messages(filter, cursor, wanted).await?;
        let more = messages.len() > at_most as usize;
        messages.truncate(at_most as usize);
        let last = messages.last().filter(|_| more);
        let next = last.map(|message| message.id.clone());
        Ok(MessagePage { messages, next })
    }

    /// One message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message(&self, id: &MessageId) -> Result<Option<OutboxMessage>, MailError> {
        Ok(self.store().message(id).await?)
    }

    /// The attempts to deliver a message, the first one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_attempts(&self, id: &MessageId) -> Result<Vec<Attempt>, MailError> {
        Ok(self.store().message_attempts(id).await?)
    }

    /// The content of a message, while it is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn message_content(&self, id: &MessageId) -> Result<Option<Vec<u8>>, MailError> {
        Ok(self.store().message_content(id).await?)
    }

    /// Makes a message due now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_message(
        &self,
        id: &MessageId,
        by: &Actor,
    ) -> Result<ChangeOutcome, MailError> {
        Ok(self.store().retry_message(id, by, self.now()).await?)
    }

    /// Cancels a message that waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_message(
        &self,
        id: &MessageId,
        by: &Actor,
    ) -> Result<ChangeOutcome, MailError> {
        Ok(self.store().cancel_message(id, by, self.now()).await?)
    }

    /// What applies to the sending of a data center.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sending_settings(&self, id: &DataCenterId) -> Result<SendingSettings, MailError> {
        Ok(self.store().sending_settings(id).await?)
    }
}
