//! Table `daily_checks`: one check of each data center a day, by one of the servers.

use domain::{DailyCheck, DataCenterId, Finding, UnixTime};
use sqlx::AnyConnection;

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("daily_checks");

/// A check that has not ended after this time was cut, as by a crash, and is begun again: seconds.
const CUT_AFTER: i64 = 300;

/// Has checks that have not ended begun again, because the server that made them is gone.
pub(crate) async fn end_unfinished(connection: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE daily_checks SET started_at = started_at - $1 WHERE finished = 0")
        .bind(CUT_AFTER)
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// Whether the check of this day is to be made by whoever asks; of many servers one gets `true`. A data center that is
    /// seen for the first time is checked on the next day. `now` is the database's time.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone.
    pub async fn begin_daily_check(
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
        .bind(now.plus(-CUT_AFTER).0)
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

    /// Keeps how the check of a day has ended: `None` when nothing failed.
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

    /// The last daily check of a data center, once there was one. While one goes on, the finding is that of the one before.
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
