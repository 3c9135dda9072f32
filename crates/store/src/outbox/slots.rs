//! Table `connection_slots`: permits for a limited number of connections across all servers.

use domain::{DataCenterId, UnixTime};

use crate::{Store, StoreError};

impl Store {
    /// Takes one of the first `limit` slots until `until`. Returns `None` if all are taken. `now`
    /// and `until` are in the database's time. A slot of the same owner counts as taken even after
    /// it expired.
    ///
    /// # Errors
    /// `Database`.
    pub async fn acquire_slot(
        &self,
        id: &DataCenterId,
        limit: u32,
        owner: &str,
        until: UnixTime,
        now: UnixTime,
    ) -> Result<Option<i64>, StoreError> {
        for slot in 0..i64::from(limit) {
            let _write_lock = self.write_lock().await;
            let taken = sqlx::query(
                "INSERT INTO connection_slots (data_center, slot, owner, until)
                 SELECT id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM data_centers WHERE id = $1
                 ON CONFLICT (data_center, slot) DO UPDATE SET owner = $3, until = $4
                     WHERE connection_slots.until <= $5 AND connection_slots.owner <> $3",
            )
            .bind(id.as_str())
            .bind(slot)
            .bind(owner)
            .bind(until.0)
            .bind(now.0)
            .execute(&self.pool)
            .await?;
            if taken.rows_affected() == 1 {
                return Ok(Some(slot));
            }
        }
        Ok(None)
    }

    /// Renews all slots of an owner until `until`.
    ///
    /// # Errors
    /// `Database`.
    pub async fn renew_slots(&self, owner: &str, until: UnixTime) -> Result<(), StoreError> {
        let _write_lock = self.write_lock().await;
        sqlx::query("UPDATE connection_slots SET until = $1 WHERE owner = $2")
            .bind(until.0)
            .bind(owner)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Releases a slot.
    ///
    /// # Errors
    /// `Database`.
    pub async fn free_slot(
        &self,
        id: &DataCenterId,
        slot: i64,
        owner: &str,
    ) -> Result<(), StoreError> {
        let _write_lock = self.write_lock().await;
        sqlx::query(
            "DELETE FROM connection_slots WHERE data_center = $1 AND slot = $2 AND owner = $3",
        )
        .bind(id.as_str())
        .bind(slot)
        .bind(owner)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
