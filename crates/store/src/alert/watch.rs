//! Table `alert_watch`: since when servers have evaluated alerts without a longer interruption.

use domain::UnixTime;

use crate::{Store, StoreError};

/// Seconds without an evaluation after which no server was running. Longer than a restart or an
/// upgrade takes.
const INTERRUPTED_AFTER: i64 = 600;

impl Store {
    /// Records that a server evaluates alerts. Returns since when servers have done so without an
    /// interruption of more than ten minutes. A restored backup looks like an interruption, too.
    ///
    /// # Errors
    /// `Database`.
    pub async fn record_alert_watch(&self, now: UnixTime) -> Result<UnixTime, StoreError> {
        let since: i64 = sqlx::query_scalar(
            "UPDATE alert_watch SET since = CASE WHEN alive_at < $1 THEN $2 ELSE since END,
                 alive_at = CASE WHEN alive_at < $2 THEN $2 ELSE alive_at END
             WHERE id = 1 RETURNING since",
        )
        .bind(now.plus(-INTERRUPTED_AFTER).0)
        .bind(now.0)
        .fetch_one(&self.pool)
        .await?;
        Ok(UnixTime(since))
    }
}
