//! How much waits.

use domain::{DataCenterId, UnixTime};

use crate::{Store, StoreError};

impl Store {
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
