//! Claims: a server leases messages, and no other server sends them meanwhile.

use std::collections::HashSet;

use domain::{DataCenterId, EmailAddress, MessageId, Recipient, UnixTime};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::{MESSAGES as TABLE, content};
use crate::{Store, StoreError, backend::Backend};

/// Parameters of a claim.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// Data center of the messages.
    pub data_center: &'a DataCenterId,
    /// Unique name of this claim.
    pub lease: &'a str,
    /// Time when the claim expires unless it is renewed, by the database's time.
    pub until: UnixTime,
    /// Due messages to skip, because this process lost its claim to them and still waits for the
    /// mail server's reply.
    pub except: &'a [MessageId],
    /// Maximum number of messages.
    pub max_messages: u32,
    /// Maximum total size in bytes. A single message may exceed it.
    pub octets: i64,
    /// Maximum number of messages submitted to the mail server in any 60 seconds.
    pub per_minute: Option<u32>,
    /// Maximum number of messages submitted to the mail server in any 24 hours.
    pub per_day: Option<u32>,
}

/// A message that was claimed for sending.
#[derive(Clone, Debug)]
pub struct ClaimedMessage {
    /// Primary key.
    pub id: MessageId,
    /// Time of acceptance.
    pub created_at: UnixTime,
    /// Time when this attempt was due.
    pub due_at: UnixTime,
    /// Number of previous attempts.
    pub attempts: i64,
    /// Envelope sender (`MAIL FROM`).
    pub sender: EmailAddress,
    /// Envelope recipients with their results.
    pub recipients: Vec<Recipient>,
    /// The complete message. `None` if it was deleted.
    pub content: Option<Vec<u8>>,
}

/// Result of a claim.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// The messages, the longest due first.
    pub messages: Vec<ClaimedMessage>,
    /// True if a rate limit prevented more messages.
    pub limited: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    created_at: i64,
    due_at: i64,
    attempts: i64,
    sender: String,
    recipients: String,
    encoding: Option<String>,
    content: Option<String>,
}

impl TryFrom<Row> for ClaimedMessage {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let content = match (row.encoding, row.content) {
            (Some(encoding), Some(text)) => Some(content::decode(&encoding, text)?),
            _ => None,
        };
        Ok(Self {
            id: TABLE.value("id", MessageId::parse(&row.id))?,
            created_at: UnixTime(row.created_at),
            due_at: UnixTime(row.due_at),
            attempts: row.attempts,
            sender: TABLE.value("sender", EmailAddress::parse(&row.sender))?,
            recipients: TABLE.read_json("recipients", &row.recipients)?,
            content,
        })
    }
}

/// Returns the SQL that excludes this number of IDs, the first of which is bound at `$7`.
fn except(ids: usize) -> String {
    if ids == 0 {
        return String::new();
    }
    let places: Vec<_> = (7..7 + ids).map(|place| format!("${place}")).collect();
    format!("AND id NOT IN ({})", places.join(", "))
}

impl Store {
    /// Claims due messages, the longest due first. With rate limits, claimed messages count as
    /// submitted, and no other server claims for this data center during the call.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn claim(&self, claim: &Claim<'_>, now: UnixTime) -> Result<Claimed, StoreError> {
        let _write_lock = self.write_lock().await;
        if claim.per_minute.is_none() && claim.per_day.is_none() {
            let mut connection = self.pool.acquire().await?;
            let messages = self
                .lease_due(&mut connection, claim, claim.max_messages, now)
                .await?;
            let limited = false;
            return Ok(Claimed { messages, limited });
        }
        let Some(mut transaction) = self.lock_data_center(claim.data_center.as_str()).await? else {
            return Ok(Claimed::default());
        };
        let used = super::counts::used(&mut transaction, claim.data_center, now).await?;
        let left = |limit: Option<u32>, used: i64| {
            limit.map_or(i64::MAX, |limit| (i64::from(limit) - used).max(0))
        };
        let left = left(claim.per_minute, used.0).min(left(claim.per_day, used.1));
        let limit = u32::try_from(left)
            .unwrap_or(u32::MAX)
            .min(claim.max_messages);
        let limited = limit < claim.max_messages;
        if limit == 0 {
            let messages = Vec::new();
            return Ok(Claimed { messages, limited });
        }
        let messages = self.lease_due(&mut transaction, claim, limit, now).await?;
        let claimed = i64::try_from(messages.len()).unwrap_or(i64::MAX);
        super::counts::add_sent(&mut transaction, claim.data_center, now, claimed).await?;
        transaction.commit().await?;
        Ok(Claimed { messages, limited })
    }

    async fn lease_due(
        &self,
        connection: &mut AnyConnection,
        claim: &Claim<'_>,
        limit: u32,
        now: UnixTime,
    ) -> Result<Vec<ClaimedMessage>, StoreError> {
        // Concurrent claims skip rows that another one is claiming. SQLite has one writer at a
        // time.
        let lock = if self.backend == Backend::Postgres {
            "FOR UPDATE SKIP LOCKED"
        } else {
            ""
        };
        let except = except(claim.except.len());
        let sql = format!(
            "WITH counted AS MATERIALIZED (
                 SELECT id, SUM(size) OVER (ORDER BY due_at, id ROWS UNBOUNDED PRECEDING) - size AS before
                 FROM (
                     SELECT id, size, due_at FROM messages
                     WHERE data_center = $3 AND state = 'waiting' AND due_at <= $4 {except}
                     ORDER BY due_at, id LIMIT $5 {lock}
                 ) AS due
             )
             UPDATE messages SET state = 'sending', lease_owner = $1, lease_until = $2
             WHERE id IN (SELECT id FROM counted WHERE before < $6) AND state = 'waiting'
             RETURNING id, created_at, due_at, attempts, sender, recipients,
                 (SELECT c.encoding FROM message_contents AS c WHERE c.message = messages.id) AS encoding,
                 (SELECT c.content FROM message_contents AS c WHERE c.message = messages.id) AS content"
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql))
            .bind(claim.lease)
            .bind(claim.until.0)
            .bind(claim.data_center.as_str())
            .bind(now.0)
            .bind(i64::from(limit))
            .bind(claim.octets);
        for id in claim.except {
            query = query.bind(id.as_str());
        }
        let rows: Vec<Row> = query.fetch_all(connection).await?;
        let mut messages = rows
            .into_iter()
            .map(ClaimedMessage::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        messages.sort_by(|a, b| (a.due_at, &a.id).cmp(&(b.due_at, &b.id)));
        Ok(messages)
    }

    /// Renews a claim until `until`, by the database's time. Returns the messages that it still
    /// holds. Other messages must not be sent under it. An expired claim is renewed unless another
    /// server has claimed the message.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn renew_leases(
        &self,
        lease: &str,
        until: UnixTime,
    ) -> Result<Vec<MessageId>, StoreError> {
        let _write_lock = self.write_lock().await;
        let ids: Vec<String> = sqlx::query_scalar(
            "UPDATE messages SET lease_until = $1
             WHERE state = 'sending' AND lease_owner = $2 RETURNING id",
        )
        .bind(until.0)
        .bind(lease)
        .fetch_all(&self.pool)
        .await?;
        ids.iter()
            .map(|id| TABLE.value("id", MessageId::parse(id)))
            .collect()
    }

    /// Releases messages that were not attempted. They are due as before. With rate limits
    /// (`counted`), they no longer count as submitted.
    ///
    /// # Errors
    /// `Database`.
    pub async fn release(
        &self,
        data_center: &DataCenterId,
        messages: &[(MessageId, String)],
        counted: bool,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let _write_lock = self.write_lock().await;
        let mut transaction = self.begin().await?;
        let mut released = 0;
        for (id, lease) in messages {
            let changed = sqlx::query(
                "UPDATE messages SET state = 'waiting', lease_owner = NULL, lease_until = NULL
                 WHERE id = $1 AND lease_owner = $2 AND state = 'sending'",
            )
            .bind(id.as_str())
            .bind(lease.as_str())
            .execute(&mut *transaction)
            .await?;
            released += i64::try_from(changed.rows_affected()).unwrap_or(0);
        }
        if counted && released > 0 {
            super::counts::add_sent(&mut transaction, data_center, now, -released).await?;
        }
        transaction.commit().await
    }

    /// Makes messages due again whose claim has expired by `now`, the database's time. Claims in
    /// `live` belong to this process, which still works on them. Returns the number of these
    /// messages.
    ///
    /// # Errors
    /// `Database`.
    pub async fn release_expired(
        &self,
        now: UnixTime,
        live: &HashSet<String>,
    ) -> Result<u64, StoreError> {
        let expired: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT lease_owner FROM messages WHERE state = 'sending' AND lease_until <= $1",
        )
        .bind(now.0)
        .fetch_all(&self.pool)
        .await?;
        let mut released = 0;
        for lease in expired.iter().filter(|lease| !live.contains(*lease)) {
            let _write_lock = self.write_lock().await;
            // Another server may have renewed the claim meanwhile.
            let changed = sqlx::query(
                "UPDATE messages SET state = 'waiting', lease_owner = NULL, lease_until = NULL
                 WHERE state = 'sending' AND lease_until <= $1 AND lease_owner = $2",
            )
            .bind(now.0)
            .bind(lease.as_str())
            .execute(&self.pool)
            .await?;
            released += changed.rows_affected();
        }
        Ok(released)
    }

    /// Returns the data centers that have due messages.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn data_centers_with_due_mail(
        &self,
        now: UnixTime,
    ) -> Result<Vec<DataCenterId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT d.id FROM data_centers AS d WHERE EXISTS (
                 SELECT 1 FROM messages AS m
                 WHERE m.data_center = d.id AND m.state = 'waiting' AND m.due_at <= $1
             )",
        )
        .bind(now.0)
        .fetch_all(&self.pool)
        .await?;
        ids.iter()
            .map(|id| TABLE.value("data_center", DataCenterId::parse(id)))
            .collect()
    }
}
