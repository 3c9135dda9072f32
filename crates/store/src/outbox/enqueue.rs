//! Storage of accepted messages.

use std::collections::{BTreeMap, HashSet};

use domain::{MessageId, UnixTime};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::{
    EnqueueOutcome, Idempotency, MESSAGES as TABLE, NewMessage,
    admission::Admission,
    content, counts,
    rows::{chunks, places},
};
use crate::{Store, StoreError};

/// Types of the bound values of each row.
const COLUMNS: [&str; 14] = [
    "TEXT", "TEXT", "BIGINT", "BIGINT", "TEXT", "TEXT", "TEXT", "TEXT", "BIGINT", "TEXT", "TEXT",
    "TEXT", "TEXT", "TEXT",
];

impl Store {
    /// Stores messages in one transaction. They survive a crash once this returns. The outcomes
    /// have the order of the messages. Messages with a known ID are not changed, so after
    /// `CommitUnknown` the same messages can be stored again.
    ///
    /// # Errors
    /// `Database`: nothing is stored. `CommitUnknown`: all or none are stored.
    pub async fn enqueue(
        &self,
        messages: &[NewMessage],
    ) -> Result<Vec<EnqueueOutcome>, StoreError> {
        let _write_lock = self.write_lock().await;
        let mut transaction = self.begin().await?;
        let outcomes = enqueue_all(&mut transaction, messages).await?;
        transaction.commit().await?;
        Ok(outcomes)
    }
}

/// Stores messages within a transaction. The outcomes have the order of the messages.
pub(super) async fn enqueue_all(
    connection: &mut AnyConnection,
    messages: &[NewMessage],
) -> Result<Vec<EnqueueOutcome>, StoreError> {
    let all: Vec<&NewMessage> = messages.iter().collect();
    let mut inserted = HashSet::with_capacity(all.len());
    for rows in chunks(&all) {
        inserted.extend(insert(connection, rows).await?);
    }
    let new = all.iter().copied();
    let new = new.filter(|message| inserted.contains(message.id.as_str()));
    let mut admission = Admission::lock(connection, new).await?;
    let mut outcomes = Vec::with_capacity(all.len());
    let mut stored = Vec::with_capacity(all.len());
    for message in all {
        if !inserted.contains(message.id.as_str()) {
            outcomes.push(if is_stored(connection, &message.id).await? {
                EnqueueOutcome::Stored
            } else {
                EnqueueOutcome::UnknownDataCenter
            });
            continue;
        }
        if let Some(idempotency) = &message.idempotency
            && let Some(known) = claim_key(connection, message, idempotency).await?
        {
            take_back(connection, &message.id).await?;
            outcomes.push(known);
            continue;
        }
        if let Some(sender) = &message.counts_for
            && let Err(limit) = admission.count(sender)
        {
            take_back(connection, &message.id).await?;
            outcomes.push(EnqueueOutcome::LimitExceeded(limit));
            continue;
        }
        outcomes.push(EnqueueOutcome::Stored);
        stored.push(message);
    }
    for rows in chunks(&stored) {
        insert_contents(connection, rows).await?;
    }
    admission.write(connection).await?;
    // Sorted, which prevents deadlocks between servers.
    let mut accepted: BTreeMap<(&str, i64), i64> = BTreeMap::new();
    for message in stored {
        let hour = message.created_at.0 - message.created_at.0.rem_euclid(3_600);
        *accepted
            .entry((message.data_center.as_str(), hour))
            .or_default() += 1;
    }
    for ((data_center, hour), messages) in accepted {
        counts::add_event(
            connection,
            data_center,
            "accepted",
            UnixTime(hour),
            messages,
        )
        .await?;
    }
    Ok(outcomes)
}

/// Deletes a message of this transaction, and its idempotency key if it has one.
async fn take_back(connection: &mut AnyConnection, id: &MessageId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM messages WHERE id = $1")
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn is_stored(connection: &mut AnyConnection, id: &MessageId) -> Result<bool, StoreError> {
    let stored: Option<String> = sqlx::query_scalar("SELECT id FROM messages WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(stored.is_some())
}

/// Inserts messages and returns the IDs of those that have a data center and were not stored
/// before.
async fn insert(
    connection: &mut AnyConnection,
    rows: &[&NewMessage],
) -> Result<Vec<String>, StoreError> {
    let values = places(rows.len(), &COLUMNS);
    let sql = format!(
        "INSERT INTO messages (id, data_center, state, created_at, due_at, attempts, message_id, sender, \
             from_header, subject, size, submitted_kind, submitted_name, recipients, search, arrival)
         SELECT v.column1, d.id, 'waiting', v.column3, v.column4, 0, v.column5, v.column6, v.column7, v.column8, \
             v.column9, v.column10, v.column11, v.column12, v.column13, v.column14
         FROM (VALUES {values}) AS v JOIN data_centers AS d ON d.id = v.column2 WHERE TRUE
         ON CONFLICT (id) DO NOTHING RETURNING id"
    );
    let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
    for message in rows {
        query = query
            .bind(message.id.as_str())
            .bind(message.data_center.as_str())
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
            .bind(TABLE.write_json("arrival", &message.arrival)?);
    }
    Ok(query.fetch_all(connection).await?)
}

async fn insert_contents(
    connection: &mut AnyConnection,
    rows: &[&NewMessage],
) -> Result<(), StoreError> {
    let values = places(rows.len(), &["TEXT", "TEXT", "TEXT"]);
    let sql = format!("INSERT INTO message_contents (message, encoding, content) VALUES {values}");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for message in rows {
        let (encoding, text) = content::encode(&message.content);
        query = query.bind(message.id.as_str()).bind(encoding).bind(text);
    }
    query.execute(connection).await?;
    Ok(())
}

/// Records an idempotency key. Returns the message that was stored with it before, if known.
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

/// Returns the text that a search matches.
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
