//! Opening and closing the database.

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, Once},
};

use sqlx::{AnyPool, ConnectOptions, any::AnyConnectOptions};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    KeySource, StoreError,
    backend::Backend,
    connect::{connect, migrate, prepare},
    integrity::Rejections,
    keyring::Keyring,
    lock::ServerLock,
    probe::Probe,
    transaction::Transaction,
    unlock::unlock,
};

/// Prefix of the names under which servers hold leases.
pub(crate) const SERVER_PREFIX: &str = "server-";

/// Handle of the database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: AnyPool,
    pub(crate) backend: Backend,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) probe: Arc<Probe>,
    pub(crate) rejections: Arc<Rejections>,
    /// Write lock: see [`Store::write_lock`].
    writing: Arc<Mutex<()>>,
    opened_for: OpenedFor,
    /// Held while anything in this process may still write.
    _lock: Option<Arc<ServerLock>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenedFor {
    Server,
    Command,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Store(…)")
    }
}

impl Store {
    /// Opens and migrates a database: `sqlite:///path/mailgrant.db` (created with mode 0600 if
    /// missing), `sqlite::memory:`, or `postgres://…`. Several servers may do this concurrently.
    ///
    /// # Errors
    /// Every [`StoreError`] about the URL, the database, its migration, and the key.
    pub async fn open(url: &str, key: KeySource) -> Result<Self, StoreError> {
        Self::open_for(OpenedFor::Command, url, key).await
    }

    /// Opens a database for a server. Only one server may use a SQLite file: the store holds a lock
    /// next to it until its last clone is dropped or the process ends. All leases of an earlier
    /// server on that file end.
    ///
    /// # Errors
    /// `InUse` if another server uses the file; `LockFile`; those of [`Store::open`].
    pub async fn open_for_server(url: &str, key: KeySource) -> Result<Self, StoreError> {
        let store = Self::open_for(OpenedFor::Server, url, key).await?;
        store.end_earlier_leases().await?;
        Ok(store)
    }

    async fn open_for(
        opened_for: OpenedFor,
        url: &str,
        key: KeySource,
    ) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let options = AnyConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url)?
            .disable_statement_logging();
        let target = prepare(options)?;
        let backend = target.backend;
        // Before a migration changes the tables that another server uses.
        let lock = match &target.file {
            Some(path) if opened_for == OpenedFor::Server => Some(ServerLock::acquire(path)?),
            _ => None,
        };
        let pool = connect(&target).await?;
        migrate(&pool, backend).await?;
        let sealer = unlock(&pool, backend, &key).await?;
        let store = Self {
            pool,
            backend,
            probe: Arc::new(Probe::of(target)),
            keyring: Arc::new(Keyring::new(key, sealer)),
            rejections: Arc::default(),
            writing: Arc::default(),
            opened_for,
            _lock: lock.map(Arc::new),
        };
        store.create_audit_key().await?;
        Ok(store)
    }

    /// Returns the prefix of the names under which this process holds leases. It distinguishes
    /// servers from commands, whose leases a starting server must not end.
    pub fn lease_prefix(&self) -> &'static str {
        match self.opened_for {
            OpenedFor::Server => SERVER_PREFIX,
            OpenedFor::Command => "command-",
        }
    }

    /// Closes all connections after their current work.
    pub async fn close(&self) {
        self.close_probe().await;
        self.pool.close().await;
    }

    /// Waits for the write lock of this process, for frequent writers. SQLite has one writer at a
    /// time, and a writer that finds it busy sleeps and retries. Queuing here is fair and loses no
    /// time. PostgreSQL needs no such lock.
    pub(crate) async fn write_lock(&self) -> Option<MutexGuard<'_, ()>> {
        match self.backend {
            Backend::Postgres => None,
            Backend::SqliteFile | Backend::SqliteMemory => Some(self.writing.lock().await),
        }
    }

    /// Begins a transaction that locks a data center's row, which serializes changes to one data
    /// center. Returns `None` if the data center does not exist.
    ///
    /// The lock is an UPDATE because it works on both databases. On SQLite, a transaction that
    /// writes first waits for the write lock, and one that reads first would fail.
    pub(crate) async fn lock_data_center(
        &self,
        id: &str,
    ) -> Result<Option<Transaction>, StoreError> {
        let mut transaction = self.begin().await?;
        let locked = sqlx::query("UPDATE data_centers SET name = name WHERE id = $1")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        Ok((locked.rows_affected() == 1).then_some(transaction))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

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
