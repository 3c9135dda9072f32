//! Table `server_extensions`: what the mail server of a data center said to the last EHLO.

use domain::DataCenterId;

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("server_extensions");

impl Store {
    /// Saves whether the mail server of a data center offers SMTPUTF8 with these settings.
    ///
    /// # Errors
    /// `Database`.
    pub async fn save_server_extensions(
        &self,
        id: &DataCenterId,
        settings_version: i64,
        offers_smtputf8: bool,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO server_extensions (data_center, settings_version, smtputf8)
             VALUES ($1, $2, $3)
             ON CONFLICT (data_center) DO UPDATE SET
                 settings_version = excluded.settings_version, smtputf8 = excluded.smtputf8",
        )
        .bind(id.as_str())
        .bind(settings_version)
        .bind(i64::from(offers_smtputf8))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the data centers that have settings. True if the mail server is known to offer
    /// SMTPUTF8 with these settings.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn smtputf8_offers(&self) -> Result<Vec<(DataCenterId, bool)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT s.data_center, COALESCE(e.smtputf8, 0)
             FROM smtp_settings s LEFT JOIN server_extensions e
                 ON e.data_center = s.data_center AND e.settings_version = s.version",
        )
        .fetch_all(&self.pool)
        .await?;
        let rows = rows.into_iter();
        rows.map(|(id, offers)| {
            let id = TABLE.value("data_center", DataCenterId::parse(&id))?;
            Ok((id, offers == 1))
        })
        .collect()
    }
}
