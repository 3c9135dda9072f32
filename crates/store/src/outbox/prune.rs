//! Deletion of old messages.

use domain::{DataCenterId, UnixTime};

use crate::{Store, StoreError};

impl Store {
    /// Deletes at most `limit` messages of a data center that finished before `before`, with
    /// their contents and attempts. Returns their number.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_messages(
        &self,
        id: &DataCenterId,
        before: UnixTime,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let _write_lock = self.write_lock().await;
        let forgotten = sqlx::query(
            "DELETE FROM messages WHERE id IN (
                 SELECT id FROM messages
                 WHERE finished_at IS NOT NULL AND finished_at < $1 AND data_center = $2
                 ORDER BY finished_at LIMIT $3
             ) AND finished_at IS NOT NULL",
        )
        .bind(before.0)
        .bind(id.as_str())
        .bind(i64::from(limit))
        .execute(&self.pool)
        .await?;
        Ok(forgotten.rows_affected())
    }

    /// Deletes idempotency keys from before `keys`, and counts older than a day, which rate limits
    /// do not need. Frees connection slots that expired before `slots`, by the database's time.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_sending_records(
        &self,
        keys: UnixTime,
        slots: UnixTime,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let _write_lock = self.write_lock().await;
        for (sql, before) in [
            ("DELETE FROM idempotency_keys WHERE created_at < $1", keys),
            (
                "DELETE FROM sent_counts WHERE second < $1",
                now.plus(-2 * 86_400),
            ),
            ("DELETE FROM sending_pauses WHERE until < $1", now),
            ("DELETE FROM connection_slots WHERE until < $1", slots),
            (
                "DELETE FROM message_counts WHERE hour < $1",
                now.plus(-400 * 86_400),
            ),
        ] {
            sqlx::query(sql).bind(before.0).execute(&self.pool).await?;
        }
        Ok(())
    }
}
