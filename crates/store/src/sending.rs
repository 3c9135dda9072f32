//! Table `sending_settings`: what an administrator has chosen for the sending of a data center.

use domain::{Actor, AuditAction, Change, DataCenterId, SendingSettings, UnixTime};

use crate::{Store, StoreError, note::note, row::Table};

const TABLE: Table = Table("sending_settings");

/// What came of saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveSendingOutcome {
    /// They are saved, as this version.
    Saved(i64),
    /// Somebody else has saved this version in the meantime.
    Conflict(i64),
    /// There is no such data center.
    UnknownDataCenter,
}

impl Store {
    /// What applies to the sending of a data center; the defaults when nothing was saved.
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

    /// Saves what applies to the sending of a data center; `settings.version` is the version that was seen before.
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
        let mut record = note(by, now, AuditAction::SendingSaved, id.as_str());
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(SaveSendingOutcome::Saved(version))
    }
}
