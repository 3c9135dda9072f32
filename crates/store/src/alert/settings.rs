//! Table `alert_settings`: which problems cause notifications, and when.

use domain::{Actor, AlertSettings, AuditAction, Change, UnixTime};

use crate::{Store, StoreError, audit_entry::entry, row::Table};

const TABLE: Table = Table("alert_settings");

/// Result of saving the alert settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveAlertsOutcome {
    /// Saved as this version.
    Saved(i64),
    /// Another user saved this newer version first.
    Conflict(i64),
}

impl Store {
    /// Returns the alert settings, or the defaults if none were saved.
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

    /// Saves the alert settings. `settings.version` is the version that the user edited.
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
        // Of two concurrent saves, one inserts or updates and the other changes no row.
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
        let mut record = entry(by, now, AuditAction::AlertsSaved, "");
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(SaveAlertsOutcome::Saved(version))
    }
}
