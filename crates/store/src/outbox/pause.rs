//! Table `sending_pauses`: data centers that pause sending.

use domain::{DataCenterId, SendingPause, UnixTime};
use sqlx::AnyConnection;

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("sending_pauses");

/// Ends a pause because its possible cause was changed.
pub(crate) async fn end(connection: &mut AnyConnection, id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sending_pauses WHERE data_center = $1")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// Returns the current pause of a data center, if any.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn sending_pause(
        &self,
        id: &DataCenterId,
        now: UnixTime,
    ) -> Result<Option<SendingPause>, StoreError> {
        let row: Option<(i64, String)> = sqlx::query_as(
            "SELECT until, finding FROM sending_pauses WHERE data_center = $1 AND until > $2",
        )
        .bind(id.as_str())
        .bind(now.0)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|(until, finding)| {
            Ok(SendingPause {
                until: UnixTime(until),
                finding: TABLE.read_json("finding", &finding)?,
            })
        })
        .transpose()
    }

    /// Pauses a data center. A longer existing pause stays.
    ///
    /// # Errors
    /// `Database`.
    pub async fn pause_sending(
        &self,
        id: &DataCenterId,
        pause: &SendingPause,
    ) -> Result<(), StoreError> {
        let _write_lock = self.write_lock().await;
        sqlx::query(
            "INSERT INTO sending_pauses (data_center, until, finding)
             SELECT id, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM data_centers WHERE id = $1
             ON CONFLICT (data_center) DO UPDATE SET until = $2, finding = $3 WHERE sending_pauses.until < $2",
        )
        .bind(id.as_str())
        .bind(pause.until.0)
        .bind(TABLE.write_json("finding", &pause.finding)?)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends the pause of a data center.
    ///
    /// # Errors
    /// `Database`.
    pub async fn end_sending_pause(&self, id: &DataCenterId) -> Result<(), StoreError> {
        let _write_lock = self.write_lock().await;
        end(&mut *self.pool.acquire().await?, id.as_str()).await
    }
}
