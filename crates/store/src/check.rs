//! Table `checks`: the newest checks of each data center, including running ones.

use domain::{AuditRecord, CheckId, CheckOutcome, CheckReport, DataCenterId};

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("checks");
const ENDED: &str = "ended";
const STOPPING: &str = "stopping";

/// Progress of a check, which may run in another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckProgress {
    /// The report. While the check runs, this is the report from its start.
    pub report: CheckReport,
    /// Increases while the check runs.
    pub heartbeats: i64,
    /// True if the report is final.
    pub has_ended: bool,
}

impl Store {
    /// Stores a check that starts.
    ///
    /// # Errors
    /// `Database`, also if the data center is gone.
    pub async fn begin_check(&self, id: &CheckId, report: &CheckReport) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO checks (id, data_center, started_at, report, state, number)
             VALUES ($1, $2, $3, $4, 'running',
                 (SELECT COALESCE(MAX(number), 0) + 1 FROM checks WHERE data_center = $2))",
        )
        .bind(id.as_str())
        .bind(report.data_center.as_str())
        .bind(report.started_at.0)
        .bind(TABLE.write_json("report", report)?)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Increments the heartbeat of a running check. Returns true if a user has requested to stop
    /// it.
    ///
    /// # Errors
    /// `Database`.
    pub async fn increment_check_heartbeat(&self, id: &CheckId) -> Result<bool, StoreError> {
        let state: Option<String> = sqlx::query_scalar(
            "UPDATE checks SET heartbeats = heartbeats + 1 WHERE id = $1 RETURNING state",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(state.is_some_and(|state| state == STOPPING))
    }

    /// Requests that the process that runs a check stops it. Returns false if there is no such
    /// check or it has ended.
    ///
    /// # Errors
    /// `Database`.
    pub async fn ask_check_to_stop(&self, id: &CheckId) -> Result<bool, StoreError> {
        let requested =
            sqlx::query("UPDATE checks SET state = 'stopping' WHERE id = $1 AND state <> 'ended'")
                .bind(id.as_str())
                .execute(&self.pool)
                .await?;
        Ok(requested.rows_affected() == 1)
    }

    /// Marks a check as interrupted, unless it has ended or its heartbeat has changed.
    ///
    /// # Errors
    /// `Database`.
    pub async fn interrupt_check(&self, id: &CheckId, heartbeats: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE checks SET state = 'ended' WHERE id = $1 AND heartbeats = $2")
            .bind(id.as_str())
            .bind(heartbeats)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Stores the report of a check that has ended and its audit entry. Keeps this check and the 19
    /// newest others of each data center.
    ///
    /// # Errors
    /// `Database`, also if the data center is gone.
    pub async fn finish_check(
        &self,
        id: &CheckId,
        report: &CheckReport,
        record: Option<&AuditRecord>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO checks (id, data_center, started_at, report, number)
             VALUES ($1, $2, $3, $4,
                 (SELECT COALESCE(MAX(number), 0) + 1 FROM checks WHERE data_center = $2))
             ON CONFLICT (id) DO UPDATE SET report = excluded.report, state = 'ended'",
        )
        .bind(id.as_str())
        .bind(report.data_center.as_str())
        .bind(report.started_at.0)
        .bind(TABLE.write_json("report", report)?)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM checks WHERE data_center = $1 AND id <> $2 AND id NOT IN (
                 SELECT id FROM checks WHERE data_center = $1 AND id <> $2
                 ORDER BY started_at DESC, number DESC, id LIMIT 19)",
        )
        .bind(report.data_center.as_str())
        .bind(id.as_str())
        .execute(&mut *transaction)
        .await?;
        if let Some(record) = record {
            self.append(&mut transaction, record).await?;
        }
        transaction.commit().await
    }

    /// Returns the report of a check that has ended.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn check(&self, id: &CheckId) -> Result<Option<CheckReport>, StoreError> {
        let progress = self.check_progress(id).await?;
        Ok(progress
            .filter(|progress| progress.has_ended)
            .map(|progress| progress.report))
    }

    /// Returns the progress of a check, running or ended.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn check_progress(&self, id: &CheckId) -> Result<Option<CheckProgress>, StoreError> {
        let row: Option<(String, String, i64)> =
            sqlx::query_as("SELECT report, state, heartbeats FROM checks WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(report, state, heartbeats)| {
            Ok(CheckProgress {
                report: read(&report, &state)?,
                heartbeats,
                has_ended: state == ENDED,
            })
        })
        .transpose()
    }

    /// Returns the newest check of a data center in any state: running, stopped, interrupted, or
    /// with a result.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn latest_check(
        &self,
        data_center: &DataCenterId,
    ) -> Result<Option<(CheckId, CheckReport)>, StoreError> {
        Ok(self.newest(data_center).await?.into_iter().next())
    }

    /// Returns the newest check of a data center that has a result.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn latest_result(
        &self,
        data_center: &DataCenterId,
    ) -> Result<Option<CheckReport>, StoreError> {
        let mut reports = self.newest(data_center).await?.into_iter();
        Ok(reports.find_map(|(_, report)| match report.outcome {
            CheckOutcome::Delivered { .. } | CheckOutcome::Failed(_) | CheckOutcome::Passed => {
                Some(report)
            }
            CheckOutcome::Cancelled | CheckOutcome::Running | CheckOutcome::Interrupted => None,
        }))
    }

    async fn newest(
        &self,
        data_center: &DataCenterId,
    ) -> Result<Vec<(CheckId, CheckReport)>, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT id, report, state FROM checks WHERE data_center = $1
             ORDER BY started_at DESC, number DESC, id",
        )
        .bind(data_center.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(id, report, state)| {
                let id = CheckId::parse(&id).map_err(|_| TABLE.corrupt("id"))?;
                Ok((id, read(&report, &state)?))
            })
            .collect()
    }
}

/// Parses the report of a row. A check that ended without a final report was interrupted.
fn read(report: &str, state: &str) -> Result<CheckReport, StoreError> {
    let mut report: CheckReport = TABLE.read_json("report", report)?;
    if state == ENDED && report.outcome == CheckOutcome::Running {
        report.outcome = CheckOutcome::Interrupted;
    }
    Ok(report)
}
