//! Opening the database.

use std::{
    str::FromStr,
    sync::{Arc, Once},
};

use sqlx::{ConnectOptions, any::AnyConnectOptions};

use crate::{
    KeySource, Store, StoreError,
    connect::{connect, migrate, prepare},
    keyring::Keyring,
    lock::ServerLock,
    probe::Probe,
    store::OpenedFor,
    unlock::unlock,
};

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
