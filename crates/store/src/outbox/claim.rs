//! Claiming: a server takes messages for a while, and nobody else sends them meanwhile.

use std::collections::HashSet;

use domain::{DataCenterId, EmailAddress, MessageId, Recipient, UnixTime};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::{MESSAGES as TABLE, content};
use crate::{Store, StoreError, connect::Backend};

/// What a server asks for.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// Whose messages.
    pub data_center: &'a DataCenterId,
    /// Names this claim; no other claim ever has the same name.
    pub lease: &'a str,
    /// When the claim ends unless it is renewed, by the database's time.
    pub until: UnixTime,
    /// Messages that are not claimed although they are due: this process lost its claim to them and is still
    /// waiting for the mail server's reply.
    pub except: &'a [MessageId],
    /// How many at most.
    pub at_most: u32,
    /// Octets of their contents; one message is given even if it has more.
    pub octets: i64,
    /// Messages that may be handed over in any 60 seconds.
    pub per_minute: Option<u32>,
    /// Messages that may be handed over in any 24 hours.
    pub per_day: Option<u32>,
}

/// A message that is this server's to send.
#[derive(Clone, Debug)]
pub struct ClaimedMessage {
    /// Its id.
    pub id: MessageId,
    /// When it was accepted.
    pub created_at: UnixTime,
    /// When this attempt was due.
    pub due_at: UnixTime,
    /// How many attempts there have been.
    pub attempts: i64,
    /// The address of the envelope.
    pub sender: EmailAddress,
    /// Who gets it.
    pub recipients: Vec<Recipient>,
    /// The whole message; `None` when it was dropped.
    pub content: Option<Vec<u8>>,
}

/// What came of a claim.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// The messages, those due first before the others.
    pub messages: Vec<ClaimedMessage>,
    /// Whether limits were the reason that there are not more.
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

/// Leaves out so many ids, the first of which is bound at `$7`.
fn except(ids: usize) -> String {
    if ids == 0 {
        return String::new();
    }
    let places: Vec<_> = (7..7 + ids).map(|place| format!("${place}")).collect();
    format!("AND id NOT IN ({})", places.join(", "))
}

impl Store {
    /// Takes messages that are due, those first that have been so for longest. With limits, what is taken counts as
    /// handed over, and as long as the claim is made no other server claims for this data center.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn claim(&self, claim: &Claim<'_>, now: UnixTime) -> Result<Claimed, StoreError> {
        let _turn = self.turn().await;
        if claim.per_minute.is_none() && claim.per_day.is_none() {
            let mut connection = self.pool.acquire().await?;
            let messages = self
                .take(&mut connection, claim, claim.at_most, now)
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
        let at_most = u32::try_from(left).unwrap_or(u32::MAX).min(claim.at_most);
        let limited = at_most < claim.at_most;
        if at_most == 0 {
            let messages = Vec::new();
            return Ok(Claimed { messages, limited });
        }
        let messages = self.take(&mut transaction, claim, at_most, now).await?;
        let taken = i64::try_from(messages.len()).unwrap_or(i64::MAX);
        super::counts::add_sent(&mut transaction, claim.data_center, now, taken).await?;
        transaction.commit().await?;
        Ok(Claimed { messages, limited })
    }

    async fn take(
        &self,
        connection: &mut AnyConnection,
        claim: &Claim<'_>,
        at_most: u32,
        now: UnixTime,
    ) -> Result<Vec<ClaimedMessage>, StoreError> {
        // Others pass over what one of them is just taking. SQLite has one writer at a time.
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
            .bind(i64::from(at_most))
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

    /// Renews a claim until `until`, by the database's time. Returns the messages that it still holds; any other one
    /// must not be sent under it. A claim that has run out is renewed unless another server has taken the message.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn renew_leases(
        &self,
        lease: &str,
        until: UnixTime,
    ) -> Result<Vec<MessageId>, StoreError> {
        let _turn = self.turn().await;
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

    /// Gives messages back that were not tried; they are due as before. With limits (`counted`) they do not count as handed over.
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
        let _turn = self.turn().await;
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

    /// Makes messages due again whose claim was not renewed until `now`, by the database's time. Claims in `live`
    /// belong to this process, which still works on them. Returns how many messages these were.
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
            let _turn = self.turn().await;
            // It may have been renewed in the meantime.
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

    /// The data centers that have mail due.
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
