//! Changes to messages that users request.

use domain::{Actor, AuditAction, MessageId, MessageState, UnixTime};

use super::{MESSAGES as TABLE, counts, pause};
use crate::{Store, StoreError, audit_entry::entry};

/// Result of a change to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// The message was changed.
    Changed,
    /// The message is in a state that does not allow this.
    NotNow(MessageState),
    /// The content was deleted, so the message cannot be sent again.
    ContentGone,
    /// No message has this ID.
    Unknown,
}

impl Store {
    /// Makes a message due now that waits, failed, was partly delivered, or was canceled. Skips
    /// recipients that have it already.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn retry_message(
        &self,
        id: &MessageId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<ChangeOutcome, StoreError> {
        let from = [
            MessageState::Waiting,
            MessageState::Failed,
            MessageState::PartlyDelivered,
            MessageState::Cancelled,
        ];
        let to = MessageState::Waiting;
        self.change_message(id, &from, to, AuditAction::MessageRetried, by, now)
            .await
    }

    /// Cancels a message that waits.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn cancel_message(
        &self,
        id: &MessageId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<ChangeOutcome, StoreError> {
        let (from, to) = ([MessageState::Waiting], MessageState::Cancelled);
        self.change_message(id, &from, to, AuditAction::MessageCancelled, by, now)
            .await
    }

    async fn change_message(
        &self,
        id: &MessageId,
        from: &[MessageState],
        to: MessageState,
        action: AuditAction,
        by: &Actor,
        now: UnixTime,
    ) -> Result<ChangeOutcome, StoreError> {
        let mut transaction = self.begin().await?;
        // Locks the row. On SQLite, a transaction that writes first waits for the write lock.
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "UPDATE messages SET attempts = attempts WHERE id = $1 RETURNING state, recipients, data_center",
        )
        .bind(id.as_str())
        .fetch_all(&mut *transaction)
        .await?;
        let Some((state, recipients, data_center)) = rows.into_iter().next() else {
            return Ok(ChangeOutcome::Unknown);
        };
        let state = TABLE.needed("state", MessageState::from_code(&state))?;
        if !from.contains(&state) {
            return Ok(ChangeOutcome::NotNow(state));
        }
        let mut recipients: Vec<domain::Recipient> = TABLE.read_json("recipients", &recipients)?;
        let again = to == MessageState::Waiting;
        if again {
            let content: Option<String> =
                sqlx::query_scalar("SELECT encoding FROM message_contents WHERE message = $1")
                    .bind(id.as_str())
                    .fetch_optional(&mut *transaction)
                    .await?;
            if content.is_none() {
                return Ok(ChangeOutcome::ContentGone);
            }
            for recipient in &mut recipients {
                if recipient.state == domain::RecipientState::Refused {
                    recipient.state = domain::RecipientState::Waiting;
                }
            }
            // A user who requests a retry expects an attempt now.
            pause::end(&mut transaction, &data_center).await?;
        }
        sqlx::query(
            "UPDATE messages SET state = $1, due_at = $2, finished_at = $3, recipients = $4 WHERE id = $5",
        )
        .bind(to.code())
        .bind(now.0)
        .bind((!again).then_some(now.0))
        .bind(TABLE.write_json("recipients", &recipients)?)
        .bind(id.as_str())
        .execute(&mut *transaction)
        .await?;
        let event = match to {
            MessageState::Cancelled => Some("cancelled"),
            _ => state.is_final().then_some("retried"),
        };
        if let Some(event) = event {
            counts::add_event(&mut transaction, &data_center, event, now, 1).await?;
        }
        let record = entry(by, now, action, id.as_str());
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(ChangeOutcome::Changed)
    }
}
