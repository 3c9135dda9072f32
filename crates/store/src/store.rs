//! Opening the database.

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, Once},
};

use secrecy::SecretString;
use sqlx::{AnyPool, ConnectOptions, Transaction, any::AnyConnectOptions};

use crate::{
    KeySource, StoreError,
    connect::{connect, migrate, prepare},
    seal::{Cell, Sealed, Sealer},
};

/// Where the known text is.
const CHECK: Cell = Cell {
    table: "seal_check",
    column: "sealed",
    row: "1",
};

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: AnyPool,
    pub(crate) sealer: Arc<Sealer>,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Store(…)")
    }
}

impl Store {
    /// Opens and migrates a database: `sqlite:///path/mailgrant.db` (made with mode 0600 when it is
    /// missing), `sqlite::memory:` or `postgres://…`. Several servers may do this at once.
    ///
    /// # Errors
    /// Every [`StoreError`] about the URL, the database, its migration and the key.
    pub async fn open(url: &str, key: KeySource) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let options = AnyConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url)?
            .disable_statement_logging();
        let backend = prepare(&options)?;
        let pool = connect(options, backend).await?;
        migrate(&pool, backend).await?;
        let sealer = Arc::new(unlock(&pool, &key).await?);
        let store = Self { pool, sealer };
        store.begin_audit().await?;
        Ok(store)
    }

    /// Ends all connections; what is under way ends first.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) fn seal(&self, secret: &SecretString, cell: Cell) -> Result<Sealed, StoreError> {
        self.sealer.seal(secret, cell)
    }

    pub(crate) fn open_sealed(
        &self,
        sealed: &Sealed,
        cell: Cell,
    ) -> Result<SecretString, StoreError> {
        self.sealer.open(sealed, cell)
    }

    /// A transaction that holds a data center's row until its end, so that what concerns one data center happens in
    /// a row. `None` when there is no such data center.
    ///
    /// The lock is an UPDATE: it serves both databases, and on SQLite a transaction that writes first waits for
    /// its turn, where one that read first would fail.
    pub(crate) async fn lock_data_center(
        &self,
        id: &str,
    ) -> Result<Option<Transaction<'static, sqlx::Any>>, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let locked = sqlx::query("UPDATE data_centers SET name = name WHERE id = $1")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        Ok((locked.rows_affected() == 1).then_some(transaction))
    }
}

/// Loads the key and proves it on `seal_check`, which holds a known text sealed with the first key.
async fn unlock(pool: &AnyPool, key: &KeySource) -> Result<Sealer, StoreError> {
    if let Some(known) = known(pool).await? {
        let sealer = Sealer::new(&key.load(false)?);
        return prove(sealer, &known);
    }
    let sealer = Sealer::new(&key.load(true)?);
    let first = sealer.seal(&SecretString::from("mailgrant"), CHECK)?;
    sqlx::query("INSERT INTO seal_check (id, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING")
        .bind(first.0.as_str())
        .execute(pool)
        .await?;
    // Another server may have been faster.
    let known = known(pool).await?;
    prove(sealer, &known.unwrap_or(first))
}

/// The sealed text of `seal_check`; `None` while nothing has been sealed in this database.
async fn known(pool: &AnyPool) -> Result<Option<Sealed>, StoreError> {
    let sealed: Option<String> = sqlx::query_scalar("SELECT sealed FROM seal_check WHERE id = 1")
        .fetch_optional(pool)
        .await?;
    Ok(sealed.map(Sealed))
}

fn prove(sealer: Sealer, known: &Sealed) -> Result<Sealer, StoreError> {
    match sealer.open(known, CHECK) {
        Ok(_) => Ok(sealer),
        Err(_) => Err(StoreError::WrongKey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_of_sqlite_is_configured() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/a b%23.db", folder.path().display());
        let key = KeySource::Value(SecretString::from("01".repeat(32)));
        let store = Store::open(&url, key).await.unwrap();
        assert!(folder.path().join("a b#.db").exists());
        let mut held = Vec::new();
        for _ in 0..store.pool.options().get_max_connections() {
            let mut connection = store.pool.acquire().await.unwrap();
            for (pragma, expected) in [
                ("PRAGMA foreign_keys", 1),
                ("PRAGMA synchronous", 2),
                ("PRAGMA busy_timeout", 10_000),
            ] {
                let value: i64 = sqlx::query_scalar(pragma)
                    .fetch_one(&mut *connection)
                    .await
                    .unwrap();
                assert_eq!(value, expected, "{pragma}");
            }
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode")
                .fetch_one(&mut *connection)
                .await
                .unwrap();
            assert_eq!(mode, "wal");
            held.push(connection);
        }
    }
}
