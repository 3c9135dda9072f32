//! Table `checks`: the reports of the newest checks.

use domain::{AuditRecord, CheckId, CheckOutcome, CheckReport, DataCenterId};

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("checks");

impl Store {
    /// Keeps a report, and what is recorded of it in the audit; of each data center this one and the 19 newest others stay.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone.
    pub async fn keep_check(
        &self,
        id: &CheckId,
        report: &CheckReport,
        record: Option<&AuditRecord>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query(
            "INSERT INTO checks (id, data_center, started_at, report) VALUES ($1, $2, $3, $4)",
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
                 ORDER BY started_at DESC, id LIMIT 19)",
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

    /// The report of a check.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn check(&self, id: &CheckId) -> Result<Option<CheckReport>, StoreError> {
        let report: Option<String> = sqlx::query_scalar("SELECT report FROM checks WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        report
            .map(|report| TABLE.read_json("report", &report))
            .transpose()
    }

    /// The newest report of a data center that was not cancelled.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn latest_check(
        &self,
        data_center: &DataCenterId,
    ) -> Result<Option<(CheckId, CheckReport)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, report FROM checks WHERE data_center = $1 ORDER BY started_at DESC, id",
        )
        .bind(data_center.as_str())
        .fetch_all(&self.pool)
        .await?;
        for (id, report) in rows {
            let report: CheckReport = TABLE.read_json("report", &report)?;
            if report.outcome != CheckOutcome::Cancelled {
                let id = CheckId::parse(&id).map_err(|_| TABLE.corrupt("id"))?;
                return Ok(Some((id, report)));
            }
        }
        Ok(None)
    }
}
