//! Recording the results of attempts.

mod lost_lease;

use std::collections::{BTreeMap, HashSet};

use domain::{Attempt, DataCenterId, Finding, MessageId, MessageState, Recipient, UnixTime};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::{
    MESSAGES as TABLE, bounce, counts,
    rows::{chunks, places},
};
use crate::{Store, StoreError, row::Table};

const ATTEMPTS: Table = Table("message_attempts");

/// Types of the bound values of each message.
const COLUMNS: [&str; 7] = ["TEXT", "TEXT", "TEXT", "BIGINT", "BIGINT", "TEXT", "TEXT"];

/// Result of an attempt and the state of the message after it.
#[derive(Clone, Debug)]
pub struct AttemptUpdate {
    /// ID of the message.
    pub id: MessageId,
    /// Data center that sent it.
    pub data_center: DataCenterId,
    /// The claim under which the attempt was made.
    pub lease: String,
    /// The new state: waiting or final.
    pub state: MessageState,
    /// Time of the next attempt, if the message waits.
    pub due_at: UnixTime,
    /// The recipients with their results.
    pub recipients: Vec<Recipient>,
    /// The error of the attempt, if any.
    pub finding: Option<Finding>,
    /// The attempt. It is stored under the next free number.
    pub attempt: Attempt,
    /// The identifiers that the provider gave the message, one or more for each accepted
    /// transaction.
    pub provider_ids: Vec<String>,
    /// True if the content is deleted once every recipient has the message.
    pub drop_content: bool,
    /// Number of submissions that were not counted yet.
    pub uncounted_submissions: i64,
    /// True after `CommitUnknown`: this result may be recorded already.
    pub may_be_recorded: bool,
}

/// A recorded attempt.
pub(super) struct Recorded<'a> {
    pub(super) update: &'a AttemptUpdate,
    /// Number of the attempt. Other servers may have made attempts meanwhile.
    pub(super) number: i64,
    /// The current state of the message.
    pub(super) state: MessageState,
    /// Events to add to the hourly counts.
    pub(super) events: &'static [&'static str],
}

impl Store {
    /// Records the results of attempts in one transaction. Returns the messages whose claim was
    /// still held.
    ///
    /// After `CommitUnknown`, the same results can be recorded again with `may_be_recorded`. Those
    /// that were committed are left as they are.
    ///
    /// An attempt whose claim was lost is recorded as well, so recipients that have the message do
    /// not get it again. Nothing else about the message changes, because another server decides on
    /// it now.
    ///
    /// # Errors
    /// `Database`, `Corrupt`: nothing is changed. `CommitUnknown`: all or none are recorded.
    pub async fn record_attempts(
        &self,
        updates: &[AttemptUpdate],
        now: UnixTime,
    ) -> Result<HashSet<MessageId>, StoreError> {
        let _write_lock = self.write_lock().await;
        let mut transaction = self.begin().await?;
        let mut recorded = Vec::with_capacity(updates.len());
        for rows in chunks(updates) {
            recorded.extend(update(&mut transaction, rows, now).await?);
        }
        let mut settled: HashSet<MessageId> =
            recorded.iter().map(|one| one.update.id.clone()).collect();
        let mut known = HashSet::new();
        for one in updates.iter().filter(|one| !settled.contains(&one.id)) {
            if one.may_be_recorded && is_recorded(&mut transaction, one).await? {
                known.insert(one.id.clone());
            } else {
                recorded.extend(lost_lease::record(&mut transaction, one, now).await?);
            }
        }
        for rows in chunks(&recorded) {
            insert_attempts(&mut transaction, rows).await?;
        }
        insert_provider_ids(&mut transaction, &recorded).await?;
        let dropped: Vec<&AttemptUpdate> = recorded
            .iter()
            .filter(|one| one.update.drop_content && one.state == MessageState::Delivered)
            .map(|one| one.update)
            .collect();
        for rows in chunks(&dropped) {
            delete_contents(&mut transaction, rows).await?;
        }
        let new = updates.iter().filter(|one| !known.contains(&one.id));
        count(&mut transaction, new, &recorded, now).await?;
        transaction.commit().await?;
        settled.extend(known);
        Ok(settled)
    }
}

/// Returns true if this attempt is recorded.
async fn is_recorded(
    connection: &mut AnyConnection,
    update: &AttemptUpdate,
) -> Result<bool, StoreError> {
    let attempt = &update.attempt;
    let number: Option<i64> = sqlx::query_scalar(
        "SELECT number FROM message_attempts
         WHERE message = $1 AND started_at = $2 AND micros = $3 AND transcript = $4",
    )
    .bind(update.id.as_str())
    .bind(attempt.started_at.0)
    .bind(attempt.micros)
    .bind(attempt.transcript.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(number.is_some())
}

/// Returns the events to count for a message that ends in this state.
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
    rows: &'a [AttemptUpdate],
    now: UnixTime,
) -> Result<Vec<Recorded<'a>>, StoreError> {
    let values = places(rows.len(), &COLUMNS);
    // The attempt does not know recipients that bounced meanwhile or got the message from an
    // attempt that had lost its claim. Those stay unchanged here.
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
    for (id, number, stored) in updated {
        let id = TABLE.value("id", MessageId::parse(&id))?;
        let Some(row) = rows.iter().find(|row| row.id == id) else {
            continue;
        };
        let state = match stored {
            Some(stored) => keep_known(connection, row, &stored, now).await?,
            None => row.state,
        };
        recorded.push(Recorded {
            update: row,
            number,
            state,
            events: events(state),
        });
    }
    Ok(recorded)
}

/// Writes the recipients of an attempt, except where the database knows more. Returns the resulting
/// state of the message.
async fn keep_known(
    connection: &mut AnyConnection,
    row: &AttemptUpdate,
    stored: &str,
    now: UnixTime,
) -> Result<MessageState, StoreError> {
    let stored: Vec<Recipient> = TABLE.read_json("recipients", stored)?;
    if stored == row.recipients {
        return Ok(row.state);
    }
    let mut recipients = row.recipients.clone();
    let bounced = bounce::keep_known(&mut recipients, &stored);
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
        let attempt = &row.update.attempt;
        let outcome = ATTEMPTS.value("outcome", serde_json::to_value(attempt.outcome))?;
        let outcome = ATTEMPTS.needed("outcome", outcome.as_str().map(str::to_owned))?;
        let finding = attempt.finding.as_ref();
        let finding = finding.map(|one| ATTEMPTS.write_json("finding", one));
        query = query
            .bind(row.update.id.as_str())
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

async fn insert_provider_ids(
    connection: &mut AnyConnection,
    recorded: &[Recorded<'_>],
) -> Result<(), StoreError> {
    let ids = recorded.iter().flat_map(|row| {
        let (message, ids) = (&row.update.id, &row.update.provider_ids);
        ids.iter().map(move |id| (message, row.number, id.as_str()))
    });
    let ids: Vec<_> = ids.collect();
    for rows in chunks(&ids) {
        let values = places(rows.len(), &["TEXT", "BIGINT", "TEXT"]);
        let sql = format!(
            "INSERT INTO message_provider_ids (message, number, provider_id) VALUES {values} ON CONFLICT DO NOTHING"
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (message, number, id) in rows {
            query = query.bind(message.as_str()).bind(*number).bind(*id);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn delete_contents(
    connection: &mut AnyConnection,
    rows: &[&AttemptUpdate],
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

async fn count<'a>(
    connection: &mut AnyConnection,
    new: impl Iterator<Item = &'a AttemptUpdate>,
    recorded: &[Recorded<'_>],
    now: UnixTime,
) -> Result<(), StoreError> {
    // Sorted, which prevents deadlocks between servers.
    let mut events: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for one in recorded {
        for event in one.events {
            let of = (one.update.data_center.as_str(), *event);
            *events.entry(of).or_default() += 1;
        }
    }
    for ((data_center, event), messages) in events {
        counts::add_event(connection, data_center, event, now, messages).await?;
    }
    let mut sent: BTreeMap<&DataCenterId, i64> = BTreeMap::new();
    // Includes submissions under a claim that was lost.
    for one in new.filter(|one| one.uncounted_submissions > 0) {
        *sent.entry(&one.data_center).or_default() += one.uncounted_submissions;
    }
    for (data_center, messages) in sent {
        counts::add_sent(connection, data_center, now, messages).await?;
    }
    Ok(())
}
