//! Writing down how attempts went.

use std::collections::{BTreeMap, HashSet};

use domain::{Attempt, DataCenterId, Finding, MessageId, MessageState, Recipient, UnixTime};
use sqlx::{Any, AnyConnection, AssertSqlSafe, QueryBuilder};

use super::{MESSAGES as TABLE, counts};
use crate::{Store, StoreError, row::Table};

const ATTEMPTS: Table = Table("message_attempts");

/// Rows of one statement. Few different numbers, so that few different statements are prepared.
const ROWS: &[usize] = &[64, 16, 4, 1];

/// The types of what is bound for each message.
const COLUMNS: [&str; 7] = ["TEXT", "TEXT", "TEXT", "BIGINT", "BIGINT", "TEXT", "TEXT"];

/// How an attempt went, and where the message stands after it.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The message.
    pub id: MessageId,
    /// Its data center.
    pub data_center: DataCenterId,
    /// The claim that the attempt was made under.
    pub lease: String,
    /// Where the message stands: waiting, or final.
    pub state: MessageState,
    /// When the next attempt is due, while it waits.
    pub due_at: UnixTime,
    /// Its recipients, each with where the message stands for it.
    pub recipients: Vec<Recipient>,
    /// Why it did not go well.
    pub finding: Option<Finding>,
    /// The attempt; its number is how many there have been.
    pub attempt: Attempt,
    /// Whether the content is dropped now.
    pub drop_content: bool,
    /// Messages that were handed over and have not been counted.
    pub handed_over: i64,
}

impl Store {
    /// Writes down how attempts went, all in one transaction. What belongs to a claim that the message is not under any
    /// more changes nothing. The messages that were changed.
    ///
    /// # Errors
    /// `Database`, `Corrupt`; nothing is changed then.
    pub async fn settle(
        &self,
        settlements: &[Settlement],
        now: UnixTime,
    ) -> Result<HashSet<MessageId>, StoreError> {
        let _turn = self.turn().await;
        let mut transaction = self.pool.begin().await?;
        let mut settled = HashSet::with_capacity(settlements.len());
        for rows in chunks(settlements) {
            settled.extend(update(&mut transaction, rows, now).await?);
        }
        let done: Vec<&Settlement> = settlements
            .iter()
            .filter(|one| settled.contains(&one.id))
            .collect();
        for rows in chunks(&done) {
            insert_attempts(&mut transaction, rows).await?;
        }
        let dropped: Vec<&Settlement> = done
            .iter()
            .filter(|one| one.drop_content)
            .copied()
            .collect();
        for rows in chunks(&dropped) {
            drop_contents(&mut transaction, rows).await?;
        }
        count(&mut transaction, settlements, &done, now).await?;
        transaction.commit().await?;
        Ok(settled)
    }
}

/// Cuts a list into pieces of few different lengths.
pub(super) fn chunks<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = ROWS.iter().find(|length| **length <= rest.len())?;
        let (first, others) = rest.split_at(*length);
        rest = others;
        Some(first)
    })
}

async fn update(
    connection: &mut AnyConnection,
    rows: &[Settlement],
    now: UnixTime,
) -> Result<Vec<MessageId>, StoreError> {
    let mut places = 0;
    let mut values = Vec::with_capacity(rows.len());
    for _ in rows {
        let columns = COLUMNS.iter().map(|kind| {
            places += 1;
            format!("CAST(${places} AS {kind})")
        });
        let columns: Vec<_> = columns.collect();
        values.push(format!("({})", columns.join(", ")));
    }
    let values = values.join(", ");
    let sql = format!(
        "UPDATE messages SET state = v.column3, due_at = v.column4, finished_at = v.column5, recipients = v.column6,
             finding = v.column7, attempts = attempts + 1, lease_owner = NULL, lease_until = NULL
         FROM (VALUES {values}) AS v
         WHERE messages.id = v.column1 AND messages.lease_owner = v.column2 RETURNING id"
    );
    let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
    for row in rows {
        let finding = row.finding.as_ref();
        query = query
            .bind(row.id.as_str())
            .bind(row.lease.as_str())
            .bind(row.state.code())
            .bind(row.due_at.0)
            .bind(row.state.is_final().then_some(now.0))
            .bind(TABLE.write_json("recipients", &row.recipients)?)
            .bind(
                finding
                    .map(|one| TABLE.write_json("finding", one))
                    .transpose()?,
            );
    }
    let ids: Vec<String> = query.fetch_all(connection).await?;
    ids.iter()
        .map(|id| TABLE.value("id", MessageId::parse(id)))
        .collect()
}

async fn insert_attempts(
    connection: &mut AnyConnection,
    rows: &[&Settlement],
) -> Result<(), StoreError> {
    let mut query = QueryBuilder::<Any>::new(
        "INSERT INTO message_attempts (message, number, started_at, micros, server, outcome, finding, transcript) ",
    );
    let mut texts = Vec::with_capacity(rows.len());
    for row in rows {
        let attempt = &row.attempt;
        let outcome = serde_json::to_value(attempt.outcome);
        let outcome = ATTEMPTS.value("outcome", outcome)?;
        let outcome = ATTEMPTS.needed("outcome", outcome.as_str().map(str::to_owned))?;
        let finding = attempt.finding.as_ref();
        let finding = finding.map(|one| ATTEMPTS.write_json("finding", one));
        texts.push((*row, outcome, finding.transpose()?));
    }
    query.push_values(texts, |mut line, (row, outcome, finding)| {
        let attempt = &row.attempt;
        line.push_bind(row.id.as_str().to_owned())
            .push_bind(attempt.number)
            .push_bind(attempt.started_at.0)
            .push_bind(attempt.micros)
            .push_bind(attempt.server.clone())
            .push_bind(outcome)
            .push_bind(finding)
            .push_bind(attempt.transcript.clone());
    });
    query.push(" ON CONFLICT DO NOTHING");
    query.build().execute(connection).await?;
    Ok(())
}

async fn drop_contents(
    connection: &mut AnyConnection,
    rows: &[&Settlement],
) -> Result<(), StoreError> {
    let mut query = QueryBuilder::<Any>::new("DELETE FROM message_contents WHERE message IN (");
    let mut list = query.separated(", ");
    for row in rows {
        list.push_bind(row.id.as_str().to_owned());
    }
    query.push(")");
    query.build().execute(connection).await?;
    Ok(())
}

async fn count(
    connection: &mut AnyConnection,
    all: &[Settlement],
    done: &[&Settlement],
    now: UnixTime,
) -> Result<(), StoreError> {
    // In one order everywhere, so that two servers do not wait for each other.
    let mut events: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for one in done {
        let event = match one.state {
            MessageState::Delivered | MessageState::PartlyDelivered => "delivered",
            MessageState::Failed => "failed",
            _ => continue,
        };
        *events.entry((one.data_center.as_str(), event)).or_default() += 1;
    }
    for ((data_center, event), messages) in events {
        counts::add_event(connection, data_center, event, now, messages).await?;
    }
    let mut sent: BTreeMap<&DataCenterId, i64> = BTreeMap::new();
    // Also what was handed over under a claim that was lost.
    for one in all.iter().filter(|one| one.handed_over > 0) {
        *sent.entry(&one.data_center).or_default() += one.handed_over;
    }
    for (data_center, messages) in sent {
        counts::add_sent(connection, data_center, now, messages).await?;
    }
    Ok(())
}
