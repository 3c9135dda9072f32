//! Deletion of expired data.

use domain::UnixTime;

use crate::{SessionLife, Store, StoreError, attempt, outbox};

impl Store {
    /// Deletes sessions and links that have expired, failed sign-in attempts that no longer count,
    /// API keys that were revoked, and counts of senders that no longer matter.
    ///
    /// # Errors
    /// `Database`.
    pub async fn delete_expired(&self, life: SessionLife, now: UnixTime) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE created_at <= $1 OR seen_at <= $2")
            .bind(life.began_after.0)
            .bind(life.seen_after.0)
            .execute(&self.pool)
            .await?;
        for (sql, until) in [
            ("DELETE FROM links WHERE expires_at <= $1", now),
            (
                "DELETE FROM sign_in_attempts WHERE last_at <= $1",
                attempt::failure_cutoff(now),
            ),
            ("DELETE FROM api_keys WHERE ended_at <= $1", now),
            (
                "DELETE FROM sender_counts WHERE minute <= $1",
                outbox::failure_cutoff(now),
            ),
        ] {
            sqlx::query(sql).bind(until.0).execute(&self.pool).await?;
        }
        Ok(())
    }
}
