//! Writing down how attempts went.

use std::collections::{BTreeMap, HashSet};

use domain::{Attempt, DataCenterId, Finding, MessageId, MessageState, Recipient, UnixTime};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::{
    MESSAGES as TABLE, bounce, counts,
    rows::{chunks, places},
};
use crate::{Store, StoreError, row::Table};

const ATTEMPTS: Table = Table("message_attempts");

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

async fn update(
    connection: &mut AnyConnection,
    rows: &[Settlement],
    now: UnixTime,
) -> Result<Vec<MessageId>, StoreError> {
    let values = places(rows.len(), &COLUMNS);
    // What came back meanwhile is not known to the attempt: those recipients stay as they are for the moment.
    let sql = format!(
        "UPDATE messages SET state = v.column3, due_at = v.column4, finished_at = v.column5,
             recipients = CASE WHEN recipients LIKE {BOUNCED} THEN recipients ELSE v.column6 END,
             finding = v.column7, attempts = attempts + 1, lease_owner = NULL, lease_until = NULL
         FROM (VALUES {values}) AS v
         WHERE messages.id = v.column1 AND messages.lease_owner = v.column2
         RETURNING id, CASE WHEN recipients LIKE {BOUNCED} THEN recipients END",
        BOUNCED = bounce::HAS_BOUNCED
    );
    let mut query = sqlx::query_as(AssertSqlSafe(sql));
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
    let updated: Vec<(String, Option<String>)> = query.fetch_all(&mut *connection).await?;
    let mut ids = Vec::with_capacity(updated.len());
    for (id, kept) in updated {
        let id = TABLE.value("id", MessageId::parse(&id))?;
        let row = rows.iter().find(|row| row.id == id);
        if let (Some(row), Some(kept)) = (row, kept) {
            keep_bounced(connection, row, &kept).await?;
        }
        ids.push(id);
    }
    Ok(ids)
}

/// Writes the recipients of an attempt over those that are kept, but for those that came back.
async fn keep_bounced(
    connection: &mut AnyConnection,
    row: &Settlement,
    kept: &str,
) -> Result<(), StoreError> {
    let kept: Vec<Recipient> = TABLE.read_json("recipients", kept)?;
    let mut recipients = row.recipients.clone();
    let finding = bounce::keep(&mut recipients, &kept).filter(|_| row.finding.is_none());
    let finding = finding.map(|one| TABLE.write_json("finding", one));
    sqlx::query("UPDATE messages SET state = $1, recipients = $2, finding = COALESCE($3, finding) WHERE id = $4")
        .bind(bounce::after(row.state, &recipients).code())
        .bind(TABLE.write_json("recipients", &recipients)?)
        .bind(finding.transpose()?)
        .bind(row.id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_attempts(
    connection: &mut AnyConnection,
    rows: &[&Settlement],
) -> Result<(), StoreError> {
    let columns = [
        "TEXT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "TEXT", "TEXT", "TEXT",
    ];
    let values = places(rows.len(), &columns);
    let sql = format!(
        "INSERT INTO message_attempts (message, number, started_at, micros, server, outcome, finding, transcript)
         VALUES {values} ON CONFLICT DO NOTHING"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        let attempt = &row.attempt;
        let outcome = ATTEMPTS.value("outcome", serde_json::to_value(attempt.outcome))?;
        let outcome = ATTEMPTS.needed("outcome", outcome.as_str().map(str::to_owned))?;
        let finding = attempt.finding.as_ref();
        let finding = finding.map(|one| ATTEMPTS.write_json("finding", one));
        query = query
            .bind(row.id.as_str())
            .bind(attempt.number)
            .bind(attempt.started_at.0)
            .bind(attempt.micros)
            .bind(attempt.server.as_str())
            .bind(outcome)
            .bind(finding.transpose()?)
            .bind(attempt.transcript.as_str());
    }
    query.execute(connection).await?;
    Ok(())
}

async fn drop_contents(
    connection: &mut AnyConnection,
    rows: &[&Settlement],
) -> Result<(), StoreError> {
    let values = places(rows.len(), &["TEXT"]);
    let sql = format!("DELETE FROM message_contents WHERE message IN (VALUES {values})");
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for row in rows {
        query = query.bind(row.id.as_str());
    }
    query.execute(connection).await?;
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
