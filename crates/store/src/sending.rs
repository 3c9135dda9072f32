//! Table `sending_settings`: an administrator's choices for sending through a data center.

use domain::{Actor, AuditAction, Change, DataCenterId, SendingSettings, UnixTime};

use crate::{Store, StoreError, audit_entry::entry, row::Table};

const TABLE: Table = Table("sending_settings");

/// Result of saving the sending settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveSendingOutcome {
    /// Saved as this version.
    Saved(i64),
    /// Another user saved this newer version first.
    Conflict(i64),
    /// No data center has this ID.
    UnknownDataCenter,
}

impl Store {
    /// Returns the sending settings of a data center, or the defaults if none were saved.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn sending_settings(&self, id: &DataCenterId) -> Result<SendingSettings, StoreError> {
        let row: Option<(i64, String)> =
            sqlx::query_as("SELECT version, settings FROM sending_settings WHERE data_center = $1")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        let Some((version, settings)) = row else {
            return Ok(SendingSettings::default());
        };
        let settings: SendingSettings = TABLE.read_json("settings", &settings)?;
        Ok(SendingSettings {
            version,
            ..settings
        })
    }

    /// Saves the sending settings of a data center. `settings.version` is the version that the user
    /// edited.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn save_sending_settings(
        &self,
        id: &DataCenterId,
        settings: &SendingSettings,
        changes: Vec<Change>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<SaveSendingOutcome, StoreError> {
        let Some(mut transaction) = self.lock_data_center(id.as_str()).await? else {
            return Ok(SaveSendingOutcome::UnknownDataCenter);
        };
        let saved: Option<i64> =
            sqlx::query_scalar("SELECT version FROM sending_settings WHERE data_center = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
        let saved = saved.unwrap_or(0);
        if saved != settings.version {
            return Ok(SaveSendingOutcome::Conflict(saved));
        }
        let version = saved + 1;
        sqlx::query(
            "INSERT INTO sending_settings (data_center, version, settings) VALUES ($1, $2, $3)
             ON CONFLICT (data_center) DO UPDATE SET version = $2, settings = $3",
        )
        .bind(id.as_str())
        .bind(version)
        .bind(TABLE.write_json("settings", settings)?)
        .execute(&mut *transaction)
        .await?;
        let mut record = entry(by, now, AuditAction::SendingSaved, id.as_str());
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(SaveSendingOutcome::Saved(version))
    }
}
