//! Counters of accepted, delivered, and failed messages, and of recent submissions for rate limits.

use domain::{DataCenterId, HourCounts, SendingUse, UnixTime};
use sqlx::AnyConnection;

use crate::{Store, StoreError};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// Returns the number of messages submitted in the last 60 seconds and the last 24 hours.
pub(super) async fn used(
    connection: &mut AnyConnection,
    id: &DataCenterId,
    now: UnixTime,
) -> Result<(i64, i64), StoreError> {
    Ok(sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(CASE WHEN second > $1 THEN messages ELSE 0 END), 0) AS BIGINT),
             CAST(COALESCE(SUM(messages), 0) AS BIGINT)
         FROM sent_counts WHERE data_center = $2 AND second > $3",
    )
    .bind(now.0 - MINUTE)
    .bind(id.as_str())
    .bind(now.0 - DAY)
    .fetch_one(connection)
    .await?)
}

/// Counts submitted messages, unless the data center is gone.
pub(super) async fn add_sent(
    connection: &mut AnyConnection,
    id: &DataCenterId,
    at: UnixTime,
    messages: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO sent_counts (data_center, second, messages)
         SELECT id, CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM data_centers WHERE id = $1
         ON CONFLICT (data_center, second) DO UPDATE SET messages = sent_counts.messages + $3",
    )
    .bind(id.as_str())
    .bind(at.0)
    .bind(messages)
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts events of messages in this hour, unless the data center is gone.
pub(super) async fn add_event(
    connection: &mut AnyConnection,
    data_center: &str,
    event: &str,
    at: UnixTime,
    messages: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO message_counts (data_center, hour, event, messages)
         SELECT id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM data_centers WHERE id = $1
         ON CONFLICT (data_center, hour, event) DO UPDATE SET messages = message_counts.messages + $4",
    )
    .bind(data_center)
    .bind(at.0 - at.0.rem_euclid(HOUR))
    .bind(event)
    .bind(messages)
    .execute(connection)
    .await?;
    Ok(())
}

impl Store {
    /// Returns the number of messages that wait or are being delivered.
    ///
    /// # Errors
    /// `Database`.
    pub async fn count_waiting(&self) -> Result<i64, StoreError> {
        let counted = sqlx::query_scalar(
            "SELECT COUNT(*) FROM messages WHERE state IN ('waiting', 'sending')",
        );
        Ok(counted.fetch_one(&self.pool).await?)
    }

    /// Returns how much of its rate limits a data center has used.
    ///
    /// # Errors
    /// `Database`.
    pub async fn sending_use(
        &self,
        id: &DataCenterId,
        now: UnixTime,
    ) -> Result<SendingUse, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let (minute, day) = used(&mut connection, id, now).await?;
        let connections: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM connection_slots WHERE data_center = $1 AND until > $2",
        )
        .bind(id.as_str())
        .bind(now.0)
        .fetch_one(&mut *connection)
        .await?;
        let number = |count: i64| u32::try_from(count.max(0)).unwrap_or(u32::MAX);
        Ok(SendingUse {
            last_minute: number(minute),
            last_day: number(day),
            connections: number(connections),
        })
    }

    /// Returns the hourly counts from `since` on, of one data center or of all, the first hour
    /// first. Leaves out hours without events.
    ///
    /// # Errors
    /// `Database`.
    pub async fn hour_counts(
        &self,
        data_center: Option<&DataCenterId>,
        since: UnixTime,
    ) -> Result<Vec<HourCounts>, StoreError> {
        let rows: Vec<(i64, i64, i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT hour,
                 CAST(SUM(CASE WHEN event = 'accepted' THEN messages ELSE 0 END) AS BIGINT),
                 CAST(SUM(CASE WHEN event = 'delivered' THEN messages ELSE 0 END) AS BIGINT),
                 CAST(SUM(CASE WHEN event = 'failed' THEN messages ELSE 0 END) AS BIGINT),
                 CAST(SUM(CASE WHEN event = 'cancelled' THEN messages ELSE 0 END) AS BIGINT),
                 CAST(SUM(CASE WHEN event = 'retried' THEN messages ELSE 0 END) AS BIGINT)
             FROM message_counts WHERE hour >= $1 AND (data_center = $2 OR $2 = '')
             GROUP BY hour ORDER BY hour",
        )
        .bind(since.0 - since.0.rem_euclid(HOUR))
        .bind(data_center.map_or("", DataCenterId::as_str))
        .fetch_all(&self.pool)
        .await?;
        let counts = |(hour, accepted, delivered, failed, cancelled, retried)| HourCounts {
            hour: UnixTime(hour),
            accepted,
            delivered,
            failed,
            cancelled,
            retried,
        };
        Ok(rows.into_iter().map(counts).collect())
    }
}
