//! Queries of the outbox.

use domain::{Attempt, MessageFilter, MessageId, OutboxMessage, UnixTime};
use sqlx::AssertSqlSafe;

use super::row::{COLUMNS, Row};
use crate::{Store, StoreError, row::Table};

const ATTEMPTS: Table = Table("message_attempts");

#[derive(sqlx::FromRow)]
struct AttemptRow {
    number: i64,
    started_at: i64,
    micros: i64,
    server: String,
    outcome: String,
    finding: Option<String>,
    transcript: String,
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = StoreError;

    fn try_from(row: AttemptRow) -> Result<Self, StoreError> {
        let outcome = serde_json::Value::String(row.outcome);
        let finding = row.finding.as_deref();
        Ok(Self {
            number: row.number,
            started_at: UnixTime(row.started_at),
            micros: row.micros,
            server: row.server,
            outcome: ATTEMPTS.value("outcome", serde_json::from_value(outcome))?,
            finding: finding
                .map(|json| ATTEMPTS.read_json("finding", json))
                .transpose()?,
            transcript: row.transcript,
        })
    }
}

impl Store {
    /// Returns one message.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn message(&self, id: &MessageId) -> Result<Option<OutboxMessage>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM messages AS m WHERE m.id = $1");
        let row: Option<Row> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(OutboxMessage::try_from).transpose()
    }

    /// Returns the attempts to deliver a message, the first one first.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn message_attempts(&self, id: &MessageId) -> Result<Vec<Attempt>, StoreError> {
        let rows: Vec<AttemptRow> = sqlx::query_as(
            "SELECT number, started_at, micros, server, outcome, finding, transcript
             FROM message_attempts WHERE message = $1 ORDER BY number",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Attempt::try_from).collect()
    }

    /// Returns at most `limit` messages, the newest first, optionally only those before `before`.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn messages(
        &self,
        filter: &MessageFilter,
        before: Option<&MessageId>,
        limit: u32,
    ) -> Result<Vec<OutboxMessage>, StoreError> {
        let mut conditions = vec!["1 = 1".to_owned()];
        let mut values: Vec<String> = Vec::new();
        let bind = |values: &mut Vec<String>, value: &str| {
            values.push(value.to_owned());
            format!("${}", values.len())
        };
        if let Some(before) = before {
            let place = bind(&mut values, before.as_str());
            conditions.push(format!("m.id < {place}"));
        }
        if let Some(id) = &filter.data_center {
            let place = bind(&mut values, id.as_str());
            conditions.push(format!("m.data_center = {place}"));
        }
        if !filter.states.is_empty() {
            let states = filter.states.iter();
            let places: Vec<_> = states.map(|one| bind(&mut values, one.code())).collect();
            conditions.push(format!("m.state IN ({})", places.join(", ")));
        }
        let search = filter.search.trim().to_lowercase();
        if !search.is_empty() {
            let pattern = format!("%{}%", escape(&search));
            let place = bind(&mut values, &pattern);
            conditions.push(format!("m.search LIKE {place} ESCAPE '!'"));
        }
        // IDs begin with the time, so no other index is needed.
        if let Some(since) = filter.since {
            let place = bind(&mut values, &first_id(since));
            conditions.push(format!("m.id >= {place}"));
        }
        if let Some(until) = filter.until {
            let place = bind(&mut values, &first_id(until));
            conditions.push(format!("m.id < {place}"));
        }
        let conditions = conditions.join(" AND ");
        let sql = format!(
            "SELECT {COLUMNS} FROM messages AS m WHERE {conditions} ORDER BY m.id DESC LIMIT {limit}"
        );
        let mut query = sqlx::query_as(AssertSqlSafe(sql));
        for value in values {
            query = query.bind(value);
        }
        let rows: Vec<Row> = query.fetch_all(&self.pool).await?;
        rows.into_iter().map(OutboxMessage::try_from).collect()
    }
}

/// Returns a prefix that sorts before every ID of this second and later ones: see
/// `mail::outbox::new_id`.
fn first_id(at: UnixTime) -> String {
    format!("{:010x}", at.0.max(0))
}

/// Escapes the special characters of a `LIKE` pattern.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            escaped.push('!');
        }
        escaped.push(character);
    }
    escaped
}
