//! Storing what was accepted.

use domain::{DataCenterId, MessageId, MessageState};
use sqlx::AnyConnection;

use super::{EnqueueOutcome, Idempotency, MESSAGES as TABLE, NewMessage, content};
use crate::{Store, StoreError};

impl Store {
    /// Stores messages, all in one transaction; when this returns they outlast a crash. The outcomes are in the order
    /// of the messages.
    ///
    /// # Errors
    /// `Database`; nothing is stored then.
    pub async fn enqueue(
        &self,
        messages: &[NewMessage],
    ) -> Result<Vec<EnqueueOutcome>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let mut outcomes = Vec::with_capacity(messages.len());
        for message in messages {
            outcomes.push(enqueue(&mut transaction, message).await?);
        }
        transaction.commit().await?;
        Ok(outcomes)
    }
}

async fn enqueue(
    connection: &mut AnyConnection,
    message: &NewMessage,
) -> Result<EnqueueOutcome, StoreError> {
    let inserted = sqlx::query(
        "INSERT INTO messages (id, data_center, state, created_at, due_at, attempts, message_id, sender, \
             from_header, subject, size, submitted_kind, submitted_name, recipients, search)
         SELECT $1, id, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13, $14
         FROM data_centers WHERE id = $2",
    )
    .bind(message.id.as_str())
    .bind(message.data_center.as_str())
    .bind(MessageState::Waiting.code())
    .bind(message.created_at.0)
    .bind(message.due_at.0)
    .bind(message.message_id.as_str())
    .bind(message.sender.as_str())
    .bind(message.from.as_str())
    .bind(message.subject.as_str())
    .bind(i64::try_from(message.content.len()).unwrap_or(i64::MAX))
    .bind(message.submitted_by.kind())
    .bind(message.submitted_by.name())
    .bind(TABLE.write_json("recipients", &message.recipients)?)
    .bind(search_text(message))
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(EnqueueOutcome::UnknownDataCenter);
    }
    if let Some(idempotency) = &message.idempotency
        && let Some(known) = claim_key(connection, message, idempotency).await?
    {
        sqlx::query("DELETE FROM messages WHERE id = $1")
            .bind(message.id.as_str())
            .execute(&mut *connection)
            .await?;
        return Ok(known);
    }
    let (encoding, text) = content::encode(&message.content);
    sqlx::query("INSERT INTO message_contents (message, encoding, content) VALUES ($1, $2, $3)")
        .bind(message.id.as_str())
        .bind(encoding)
        .bind(text)
        .execute(&mut *connection)
        .await?;
    count_accepted(connection, &message.data_center, message.created_at.0).await?;
    Ok(EnqueueOutcome::Stored)
}

/// Notes an idempotency key; what was stored with it before, when it is known.
async fn claim_key(
    connection: &mut AnyConnection,
    message: &NewMessage,
    idempotency: &Idempotency,
) -> Result<Option<EnqueueOutcome>, StoreError> {
    let noted = sqlx::query(
        "INSERT INTO idempotency_keys (owner, idempotency_key, request_hash, message, created_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(idempotency.owner.as_str())
    .bind(idempotency.key.as_str())
    .bind(idempotency.request_hash.as_str())
    .bind(message.id.as_str())
    .bind(message.created_at.0)
    .execute(&mut *connection)
    .await?;
    if noted.rows_affected() == 1 {
        return Ok(None);
    }
    let (hash, known): (String, String) = sqlx::query_as(
        "SELECT request_hash, message FROM idempotency_keys WHERE owner = $1 AND idempotency_key = $2",
    )
    .bind(idempotency.owner.as_str())
    .bind(idempotency.key.as_str())
    .fetch_one(&mut *connection)
    .await?;
    Ok(Some(if hash == idempotency.request_hash {
        EnqueueOutcome::Known(TABLE.value("id", MessageId::parse(&known))?)
    } else {
        EnqueueOutcome::KeyReused
    }))
}

async fn count_accepted(
    connection: &mut AnyConnection,
    id: &DataCenterId,
    at: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO message_counts (data_center, hour, event, messages) VALUES ($1, $2, 'accepted', 1)
         ON CONFLICT (data_center, hour, event) DO UPDATE SET messages = message_counts.messages + 1",
    )
    .bind(id.as_str())
    .bind(at - at.rem_euclid(3_600))
    .execute(connection)
    .await?;
    Ok(())
}

/// What a search looks at.
fn search_text(message: &NewMessage) -> String {
    let mut text = format!(
        "{} {} {}",
        message.subject, message.from, message.message_id
    );
    for recipient in &message.recipients {
        text.push(' ');
        text.push_str(recipient.address.as_str());
    }
    text.to_lowercase()
}
