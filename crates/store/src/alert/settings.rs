//! Table `alert_settings`: what is told, and when.

use domain::{Actor, AlertSettings, AuditAction, Change, UnixTime};

use crate::{Store, StoreError, note::note, row::Table};

const TABLE: Table = Table("alert_settings");

/// What came of saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveAlertsOutcome {
    /// They are saved, as this version.
    Saved(i64),
    /// Somebody else has saved this version in the meantime.
    Conflict(i64),
}

impl Store {
    /// What is told, and when; the defaults when nothing was saved.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn alert_settings(&self) -> Result<AlertSettings, StoreError> {
        let row: Option<(i64, String)> =
            sqlx::query_as("SELECT version, settings FROM alert_settings WHERE id = 1")
                .fetch_optional(&self.pool)
                .await?;
        let Some((version, settings)) = row else {
            return Ok(AlertSettings::default());
        };
        let settings: AlertSettings = TABLE.read_json("settings", &settings)?;
        Ok(AlertSettings {
            version,
            ..settings
        })
    }

    /// Saves what is told; `settings.version` is the version that was seen before.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn save_alert_settings(
        &self,
        settings: &AlertSettings,
        changes: Vec<Change>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<SaveAlertsOutcome, StoreError> {
        let version = settings.version + 1;
        let mut transaction = self.begin().await?;
        // Of two who save at once, one inserts or updates and the other changes no row.
        let saved = sqlx::query(
            "INSERT INTO alert_settings (id, version, settings)
             SELECT 1, $1, $2 WHERE $3 = 0
                OR EXISTS (SELECT 1 FROM alert_settings WHERE version = $3)
             ON CONFLICT (id) DO UPDATE SET version = $1, settings = $2
             WHERE alert_settings.version = $3",
        )
        .bind(version)
        .bind(TABLE.write_json("settings", settings)?)
        .bind(settings.version)
        .execute(&mut *transaction)
        .await?;
        if saved.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(SaveAlertsOutcome::Conflict(
                self.alert_settings().await?.version,
            ));
        }
        let mut record = note(by, now, AuditAction::AlertsSaved, "");
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(SaveAlertsOutcome::Saved(version))
    }
}
