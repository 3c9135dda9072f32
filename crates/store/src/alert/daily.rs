//! Table `daily_checks`: one check per data center and day, run by one of the servers.

use domain::{DailyCheck, DataCenterId, Finding, UnixTime};
use sqlx::AnyConnection;

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("daily_checks");

/// Seconds after which an unfinished check counts as interrupted, for example by a crash, and runs
/// again.
const INTERRUPTED_AFTER: i64 = 300;

/// Makes unfinished checks due again, because the server that ran them is gone.
pub(crate) async fn end_unfinished(connection: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE daily_checks SET started_at = started_at - $1 WHERE finished = 0")
        .bind(INTERRUPTED_AFTER)
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// Claims the check of this day. Exactly one of several servers gets `true`. The first check of
    /// a new data center is on the next day. `now` is the database's time.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone.
    pub async fn claim_daily_check(
        &self,
        id: &DataCenterId,
        day: i64,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let begun = sqlx::query(
            "UPDATE daily_checks SET day = $2, started_at = $3, finished = 0
             WHERE data_center = $1 AND (day < $2 OR (finished = 0 AND started_at <= $4))",
        )
        .bind(id.as_str())
        .bind(day)
        .bind(now.0)
        .bind(now.plus(-INTERRUPTED_AFTER).0)
        .execute(&self.pool)
        .await?;
        if begun.rows_affected() == 1 {
            return Ok(true);
        }
        sqlx::query(
            "INSERT INTO daily_checks (data_center, day, started_at, finished)
             VALUES ($1, $2, 0, 1) ON CONFLICT (data_center) DO NOTHING",
        )
        .bind(id.as_str())
        .bind(day)
        .execute(&self.pool)
        .await?;
        Ok(false)
    }

    /// Stores the result of a daily check. `None` means that nothing failed.
    ///
    /// # Errors
    /// `Database`.
    pub async fn finish_daily_check(
        &self,
        id: &DataCenterId,
        day: i64,
        finding: Option<&Finding>,
    ) -> Result<(), StoreError> {
        let finding = finding.map(|finding| TABLE.write_json("finding", finding));
        sqlx::query(
            "UPDATE daily_checks SET finished = 1, finding = $3
             WHERE data_center = $1 AND day = $2",
        )
        .bind(id.as_str())
        .bind(day)
        .bind(finding.transpose()?)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the last daily check of a data center, if there was one. While a check runs, the
    /// finding is that of the previous one.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn daily_check(&self, id: &DataCenterId) -> Result<Option<DailyCheck>, StoreError> {
        let row: Option<(i64, i64, Option<String>)> = sqlx::query_as(
            "SELECT started_at, finished, finding FROM daily_checks
             WHERE data_center = $1 AND started_at > 0",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some((started_at, finished, finding)) = row else {
            return Ok(None);
        };
        let finding = finding.map(|json| TABLE.read_json("finding", &json));
        Ok(Some(DailyCheck {
            data_center: id.clone(),
            started_at: UnixTime(started_at),
            finished: finished != 0,
            finding: finding.transpose()?,
        }))
    }
}
