//! How much waits.

use domain::{DataCenterId, UnixTime};

use crate::{Store, StoreError};

impl Store {
    /// The octets of the messages that an API key submitted and that are not finished.
    ///
    /// # Errors
    /// `Database`.
    pub async fn waiting_octets_of_key(&self, name: &str) -> Result<u64, StoreError> {
        // By the index over states, which holds few that are not finished.
        let octets: i64 = sqlx::query_scalar(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM messages
             WHERE state IN ('waiting', 'sending') AND submitted_kind = 'key' AND submitted_name = $1",
        )
        .bind(name)
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(octets).unwrap_or(0))
    }

    /// How many messages of a data center wait, and since when the oldest one does.
    ///
    /// # Errors
    /// `Database`.
    pub async fn waiting_messages(
        &self,
        id: &DataCenterId,
    ) -> Result<(i64, Option<UnixTime>), StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM messages WHERE state = 'waiting' AND data_center = $1",
        )
        .bind(id.as_str())
        .fetch_one(&self.pool)
        .await?;
        // By the index over states, which holds few that wait, and not by that over data centers, which holds all there are.
        let oldest: Option<i64> = sqlx::query_scalar(
            "SELECT created_at FROM messages WHERE state = 'waiting' AND data_center || '' = $1 ORDER BY id LIMIT 1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok((count, oldest.map(UnixTime)))
    }
}
