//! State of sending as stored in the database, for alerts and metrics.

use domain::{DataCenterId, MessageState, UnixTime};

use crate::{Store, StoreError, row::Table};

const MESSAGES: Table = Table("messages");
const COUNTS: Table = Table("message_counts");

/// State of the outbox by data center. Zero counts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Number of messages that wait or are being sent.
    pub pending: Vec<(DataCenterId, MessageState, i64)>,
    /// Totals of all time, by event of `message_counts`.
    pub happened: Vec<(DataCenterId, String, i64)>,
    /// Data centers that are paused, with the end of the pause.
    pub pauses: Vec<(DataCenterId, UnixTime)>,
}

impl Store {
    /// Returns when the oldest overdue message of a data center was accepted.
    ///
    /// # Errors
    /// `Database`.
    pub async fn oldest_waiting(
        &self,
        id: &DataCenterId,
        now: UnixTime,
    ) -> Result<Option<UnixTime>, StoreError> {
        // Uses the index on (state, ID), which has few waiting rows. The expression on the data
        // center rules out the index on (data_center, ID), which covers every message ever sent.
        let oldest: Option<i64> = sqlx::query_scalar(
            "SELECT created_at FROM messages
             WHERE state = 'waiting' AND data_center || '' = $1 AND (attempts > 0 OR due_at <= $2)
             ORDER BY id LIMIT 1",
        )
        .bind(id.as_str())
        .bind(now.0)
        .fetch_optional(&self.pool)
        .await?;
        Ok(oldest.map(UnixTime))
    }

    /// Returns the state of the outbox. Reads unfinished messages and the hourly counts, never all
    /// messages.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn observe(&self, now: UnixTime) -> Result<Observed, StoreError> {
        let mut observed = Observed::default();
        for (state, sql) in [
            (
                MessageState::Waiting,
                "SELECT data_center, COUNT(*) FROM messages WHERE state = 'waiting'
                 GROUP BY data_center",
            ),
            (
                MessageState::Sending,
                "SELECT data_center, COUNT(*) FROM messages WHERE state = 'sending'
                 GROUP BY data_center",
            ),
        ] {
            let rows: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(&self.pool).await?;
            for (id, count) in rows {
                let id = MESSAGES.value("data_center", DataCenterId::parse(&id))?;
                observed.pending.push((id, state, count));
            }
        }
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT data_center, event, CAST(SUM(messages) AS BIGINT) FROM message_counts
             GROUP BY data_center, event",
        )
        .fetch_all(&self.pool)
        .await?;
        for (id, event, count) in rows {
            let id = COUNTS.value("data_center", DataCenterId::parse(&id))?;
            observed.happened.push((id, event, count));
        }
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT data_center, until FROM sending_pauses WHERE until > $1")
                .bind(now.0)
                .fetch_all(&self.pool)
                .await?;
        for (id, until) in rows {
            let id = Table("sending_pauses").value("data_center", DataCenterId::parse(&id))?;
            observed.pauses.push((id, UnixTime(until)));
        }
        Ok(observed)
    }

    /// Writes a row to test that the database is writable.
    ///
    /// # Errors
    /// `Database` if it is not.
    pub async fn probe_writing(&self, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE write_probes SET at = $1 WHERE id = 1")
            .bind(now.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
