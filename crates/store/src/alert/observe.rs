//! What the database says about how sending goes: for alerts and for metrics.

use domain::{DataCenterId, MessageState, UnixTime};

use crate::{Store, StoreError, row::Table};

const MESSAGES: Table = Table("messages");
const COUNTS: Table = Table("message_counts");

/// How the outbox stands, by data center; what is nothing is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Messages that are waiting or being sent.
    pub pending: Vec<(DataCenterId, MessageState, i64)>,
    /// What has happened since the beginning: the event of `message_counts`, and how often.
    pub happened: Vec<(DataCenterId, String, i64)>,
    /// Data centers that pause, until when.
    pub pauses: Vec<(DataCenterId, UnixTime)>,
}

impl Store {
    /// When the oldest message of a data center was accepted that waits although it was due.
    ///
    /// # Errors
    /// `Database`.
    pub async fn oldest_waiting(
        &self,
        id: &DataCenterId,
        now: UnixTime,
    ) -> Result<Option<UnixTime>, StoreError> {
        // In the order of the index over state and id, which holds few rows that are waiting. An expression over the data
        // center keeps away from the index over data center and id, which holds all that was ever sent.
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

    /// How the outbox stands. Reads what is not finished and the counts by hour; never all messages.
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

    /// Writes a row, to see that the database can be written.
    ///
    /// # Errors
    /// `Database`: it cannot.
    pub async fn probe_writing(&self, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE write_probes SET at = $1 WHERE id = 1")
            .bind(now.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
