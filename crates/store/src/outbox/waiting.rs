//! Amount of waiting mail.

use domain::{DataCenterId, Principal, UnixTime};

use crate::{Store, StoreError};

impl Store {
    /// Returns the total size in bytes of the unfinished messages that an API key or a sender
    /// submitted.
    ///
    /// # Errors
    /// `Database`.
    pub async fn waiting_octets_of(&self, by: &Principal) -> Result<u64, StoreError> {
        // Uses the index on the state, which has few unfinished messages.
        let octets: i64 = sqlx::query_scalar(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM messages
             WHERE state IN ('waiting', 'sending') AND submitted_kind = $1 AND submitted_name = $2",
        )
        .bind(by.kind())
        .bind(by.name())
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(octets).unwrap_or(0))
    }

    /// Returns the number of waiting messages of a data center and when the oldest was accepted.
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
        // Uses the index on the state, which has few waiting messages, and not the one on the data
        // center, which has all messages.
        let oldest: Option<i64> = sqlx::query_scalar(
            "SELECT created_at FROM messages WHERE state = 'waiting' AND data_center || '' = $1 ORDER BY id LIMIT 1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok((count, oldest.map(UnixTime)))
    }
}
