//! Writing down how attempts went.

use std::collections::{BTreeMap, HashSet};

use domain::{Attempt, DataCenterId, Finding, MessageId, MessageState, Recipient, UnixTime};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::{
    MESSAGES as TABLE, bounce, counts, lost,
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
    /// The attempt. It is stored under the next number that is free.
    pub attempt: Attempt,
    /// True if the content is dropped once every recipient has the message.
    pub drop_content: bool,
    /// Messages that were handed over and have not been counted.
    pub handed_over: i64,
}

/// What writing an attempt down came to.
pub(super) struct Recorded<'a> {
    pub(super) settlement: &'a Settlement,
    /// The number of the attempt; other servers may have made attempts in the meantime.
    pub(super) number: i64,
    /// Where the message stands now.
    pub(super) state: MessageState,
    /// What happened to the message by it, for the counts.
    pub(super) events: &'static [&'static str],
}

impl Store {
    /// Writes down how attempts went, all in one transaction. Returns the messages whose claim was still held.
    ///
    /// An attempt whose claim was lost is recorded as well: recipients that have the message do not get it again. Nothing
    /// else about the message changes by it, because another server decides on that now.
    ///
    /// # Errors
    /// `Database`, `Corrupt`; nothing is changed then.
    pub async fn settle(
        &self,
        settlements: &[Settlement],
        now: UnixTime,
    ) -> Result<HashSet<MessageId>, StoreError> {
        let _turn = self.turn().await;
        let mut transaction = self.begin().await?;
        let mut recorded = Vec::with_capacity(settlements.len());
        for rows in chunks(settlements) {
            recorded.extend(update(&mut transaction, rows, now).await?);
        }
        let settled: HashSet<MessageId> = recorded
            .iter()
            .map(|one| one.settlement.id.clone())
            .collect();
        for one in settlements.iter().filter(|one| !settled.contains(&one.id)) {
            recorded.extend(lost::record(&mut transaction, one, now).await?);
        }
        for rows in chunks(&recorded) {
            insert_attempts(&mut transaction, rows).await?;
        }
        let dropped: Vec<&Settlement> = recorded
            .iter()
            .filter(|one| one.settlement.drop_content && one.state == MessageState::Delivered)
            .map(|one| one.settlement)
            .collect();
        for rows in chunks(&dropped) {
            drop_contents(&mut transaction, rows).await?;
        }
        count(&mut transaction, settlements, &recorded, now).await?;
        transaction.commit().await?;
        Ok(settled)
    }
}

/// How a message that ends in this state is counted.
pub(super) fn events(state: MessageState) -> &'static [&'static str] {
    match state {
        MessageState::Delivered | MessageState::PartlyDelivered | MessageState::Bounced => {
            &["delivered"]
        }
        MessageState::Failed => &["failed"],
        _ => &[],
    }
}

async fn update<'a>(
    connection: &mut AnyConnection,
    rows: &'a [Settlement],
    now: UnixTime,
) -> Result<Vec<Recorded<'a>>, StoreError> {
    let values = places(rows.len(), &COLUMNS);
    // The attempt does not know which recipients came back meanwhile, or were given the message by an attempt that had lost
    // its claim: those stay as they are for the moment.
    let sql = format!(
        "UPDATE messages SET state = v.column3, due_at = v.column4, finished_at = v.column5,
             recipients = CASE WHEN recipients LIKE {BOUNCED} OR (attempts > 0 AND recipients LIKE {ACCEPTED})
                 THEN recipients ELSE v.column6 END,
             finding = v.column7, attempts = attempts + 1, lease_owner = NULL, lease_until = NULL
         FROM (VALUES {values}) AS v
         WHERE messages.id = v.column1 AND messages.lease_owner = v.column2
         RETURNING id, attempts, CASE WHEN attempts > 1 OR recipients LIKE {BOUNCED} THEN recipients END",
        BOUNCED = bounce::HAS_BOUNCED,
        ACCEPTED = bounce::HAS_ACCEPTED,
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
    let updated: Vec<(String, i64, Option<String>)> = query.fetch_all(&mut *connection).await?;
    let mut recorded = Vec::with_capacity(updated.len());
    for (id, number, kept) in updated {
        let id = TABLE.value("id", MessageId::parse(&id))?;
        let Some(row) = rows.iter().find(|row| row.id == id) else {
            continue;
        };
        let state = match kept {
            Some(kept) => keep_known(connection, row, &kept, now).await?,
            None => row.state,
        };
        recorded.push(Recorded {
            settlement: row,
            number,
            state,
            events: events(state),
        });
    }
    Ok(recorded)
}

/// Writes the recipients of an attempt over those that are kept, except for those of which more is known. Returns where
/// the message stands then.
async fn keep_known(
    connection: &mut AnyConnection,
    row: &Settlement,
    kept: &str,
    now: UnixTime,
) -> Result<MessageState, StoreError> {
    let kept: Vec<Recipient> = TABLE.read_json("recipients", kept)?;
    if kept == row.recipients {
        return Ok(row.state);
    }
    let mut recipients = row.recipients.clone();
    let bounced = bounce::keep(&mut recipients, &kept);
    let state = bounce::state_of(&recipients);
    let finding = row.finding.as_ref().or(bounced);
    let finding = finding.filter(|_| state != MessageState::Delivered);
    let finding = finding.map(|one| TABLE.write_json("finding", one));
    sqlx::query(
        "UPDATE messages SET state = $1, recipients = $2, finding = $3, finished_at = $4 WHERE id = $5",
    )
    .bind(state.code())
    .bind(TABLE.write_json("recipients", &recipients)?)
    .bind(finding.transpose()?)
    .bind(state.is_final().then_some(now.0))
    .bind(row.id.as_str())
    .execute(connection)
    .await?;
    Ok(state)
}

async fn insert_attempts(
    connection: &mut AnyConnection,
    rows: &[Recorded<'_>],
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
        let attempt = &row.settlement.attempt;
        let outcome = ATTEMPTS.value("outcome", serde_json::to_value(attempt.outcome))?;
        let outcome = ATTEMPTS.needed("outcome", outcome.as_str().map(str::to_owned))?;
        let finding = attempt.finding.as_ref();
        let finding = finding.map(|one| ATTEMPTS.write_json("finding", one));
        query = query
            .bind(row.settlement.id.as_str())
            .bind(row.number)
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
    recorded: &[Recorded<'_>],
    now: UnixTime,
) -> Result<(), StoreError> {
    // In one order everywhere, so that two servers do not wait for each other.
    let mut events: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for one in recorded {
        for event in one.events {
            let of = (one.settlement.data_center.as_str(), *event);
            *events.entry(of).or_default() += 1;
        }
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
