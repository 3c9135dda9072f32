//! Resending a message as a new one.

use domain::{Actor, Arrival, ArrivalProtocol, MessageId, Recipient};
use store::NewMessage;

use super::Outbox;
use crate::{MailError, sortable_id};

/// The outcome of resending a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resent {
    /// Stored as this new message.
    As(MessageId),
    /// The content was deleted.
    ContentGone,
    /// No message has this ID.
    Unknown,
}

impl Outbox {
    /// Resends a message to all its recipients as a new message with its own Message-ID and Date.
    ///
    /// # Errors
    /// If new mail is refused or the database fails.
    pub async fn resend(&self, id: &MessageId, by: &Actor) -> Result<Resent, MailError> {
        self.disk.accepts_mail()?;
        let Some(message) = self.store.message(id).await? else {
            return Ok(Resent::Unknown);
        };
        let Some(content) = self.store.message_content(id).await? else {
            return Ok(Resent::ContentGone);
        };
        let now = self.clock.now();
        let (message_id, content) = message::renew(&content, &message.sender, now);
        let recipients = message.recipients.into_iter();
        let copy = NewMessage {
            id: sortable_id::message_id(now),
            data_center: message.data_center,
            created_at: now,
            due_at: now,
            content,
            message_id,
            sender: message.sender,
            from: message.from,
            subject: message.subject,
            recipients: recipients
                .map(|one| Recipient::new(one.address, one.kind))
                .collect(),
            submitted_by: by.who.clone(),
            arrival: Arrival {
                client_address: by.address.parse().ok(),
                resent_from: Some(message.id),
                ..Arrival::over(ArrivalProtocol::Resent)
            },
            idempotency: None,
            counts_for: None,
        };
        if !self.store.enqueue_again(id, &copy, by, now).await? {
            return Ok(Resent::Unknown);
        }
        self.shared.wake.notify_one();
        Ok(Resent::As(copy.id))
    }
}
