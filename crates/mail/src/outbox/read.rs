//! Reads and changes messages in the outbox.

use domain::{
    Actor, Attempt, DataCenterId, HourCounts, MessageFilter, MessageId, OutboxMessage,
    SendingPause, SendingUse, UnixTime,
};
use store::ChangeOutcome;

use super::Outbox;
use crate::MailError;

/// One page of a list of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages, newest first.
    pub messages: Vec<OutboxMessage>,
    /// Cursor of the next page, or `None` on the last page.
    pub next: Option<MessageId>,
}

impl Outbox {
    /// Returns at most `limit` messages from the cursor on, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn messages(
        &self,
        filter: &MessageFilter,
        cursor: Option<&MessageId>,
        limit: u32,
    ) -> Result<MessagePage, MailError> {
        let wanted = limit.saturating_add(1);
        let mut messages = self.store.messages(filter, cursor, wanted).await?;
        let more = messages.len() > limit as usize;
        messages.truncate(limit as usize);
        let last = messages.last().filter(|_| more);
        let next = last.map(|message| message.id.clone());
        Ok(MessagePage { messages, next })
    }

    /// Returns one message.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn message(&self, id: &MessageId) -> Result<Option<OutboxMessage>, MailError> {
        Ok(self.store.message(id).await?)
    }

    /// Returns the attempts to deliver a message, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn attempts(&self, id: &MessageId) -> Result<Vec<Attempt>, MailError> {
        Ok(self.store.message_attempts(id).await?)
    }

    /// Returns the content of a message, or `None` if it was deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn content(&self, id: &MessageId) -> Result<Option<Vec<u8>>, MailError> {
        Ok(self.store.message_content(id).await?)
    }

    /// Makes a message due now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retry(&self, id: &MessageId, by: &Actor) -> Result<ChangeOutcome, MailError> {
        let outcome = self.store.retry_message(id, by, self.clock.now()).await?;
        self.shared.wake.notify_one();
        Ok(outcome)
    }

    /// Cancels a message that waits.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cancel(&self, id: &MessageId, by: &Actor) -> Result<ChangeOutcome, MailError> {
        Ok(self.store.cancel_message(id, by, self.clock.now()).await?)
    }

    /// Returns the current pause of a data center.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn pause(&self, id: &DataCenterId) -> Result<Option<SendingPause>, MailError> {
        Ok(self.store.sending_pause(id, self.clock.now()).await?)
    }

    /// Returns the number of waiting messages of a data center, and the acceptance time of the
    /// oldest one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting(&self, id: &DataCenterId) -> Result<(i64, Option<UnixTime>), MailError> {
        Ok(self.store.waiting_messages(id).await?)
    }

    /// Returns how much of its rate limits a data center has used.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn usage(&self, id: &DataCenterId) -> Result<SendingUse, MailError> {
        Ok(self.store.sending_use(id, self.clock.now()).await?)
    }

    /// Returns the counts of each hour from `since` on, oldest first, of one data center or of all.
    /// Hours without events are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn hour_counts(
        &self,
        data_center: Option<&DataCenterId>,
        since: UnixTime,
    ) -> Result<Vec<HourCounts>, MailError> {
        Ok(self.store.hour_counts(data_center, since).await?)
    }
}
