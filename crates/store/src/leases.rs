//! The time source of leases, and the end of leases of a server that is gone.

use domain::UnixTime;

use crate::{Store, StoreError, alert::daily, backend::Backend, store::SERVER_PREFIX};

/// Leases that only servers hold.
const ALL: [&str; 3] = [
    "UPDATE messages SET state = 'waiting', lease_owner = NULL, lease_until = NULL WHERE state = 'sending'",
    "DELETE FROM connection_slots",
    "UPDATE alert_notifications SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL",
];

/// Leases that commands hold as well. A command may refresh a grant while the server starts, and
/// two refreshes of one token would end the grant.
const OF_SERVERS: [&str; 2] = [
    // The owner stays, because an interrupted refresh may explain why the grant has ended.
    "UPDATE grants SET lease_until = 0 WHERE lease_owner LIKE $1",
    "UPDATE mail_cursors SET lease_until = 0 WHERE lease_owner LIKE $1",
];

impl Store {
    /// Returns the time of a database that several servers share, which leases between processes
    /// use. Returns `None` for SQLite, whose only server has the same clock as the database.
    ///
    /// # Errors
    /// `Database`.
    pub async fn database_time(&self) -> Result<Option<UnixTime>, StoreError> {
        if self.backend != Backend::Postgres {
            return Ok(None);
        }
        // Not `now()`, which is the start of the transaction.
        let seconds: i64 = sqlx::query_scalar(
            "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) AS BIGINT)",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Some(UnixTime(seconds)))
    }

    /// Ends the leases of earlier servers on a SQLite file, where this process is the only server.
    /// A message that was being sent is due again. If its reply was lost, it is sent again with the
    /// same Message-ID.
    pub(crate) async fn end_earlier_leases(&self) -> Result<(), StoreError> {
        if self.backend == Backend::Postgres {
            return Ok(());
        }
        let _write_lock = self.write_lock().await;
        let mut transaction = self.begin().await?;
        for sql in ALL {
            sqlx::query(sql).execute(&mut *transaction).await?;
        }
        for sql in OF_SERVERS {
            sqlx::query(sql)
                .bind(format!("{SERVER_PREFIX}%"))
                .execute(&mut *transaction)
                .await?;
        }
        daily::end_unfinished(&mut transaction).await?;
        transaction.commit().await
    }
}
