//! The handle of the database, which all tables share.

use std::{fmt, sync::Arc};

use sqlx::{AnyConnection, AnyPool};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    StoreError,
    backend::Backend,
    integrity::Rejections,
    keyring::{self, Keyring},
    lock::ServerLock,
    probe::Probe,
    seal::{Sealed, Sealer},
    transaction::Transaction,
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
    pub(crate) writing: Arc<Mutex<()>>,
    pub(crate) opened_for: OpenedFor,
    /// Held while anything in this process may still write.
    pub(crate) _lock: Option<Arc<ServerLock>>,
}

/// The program that opened the database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenedFor {
    Server,
    Command,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Store(…)")
    }
}

impl Store {
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
        self.probe.close().await;
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

    /// Begins a transaction. See [`Transaction::begin`].
    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        Transaction::begin(&self.pool, self.backend).await
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

    /// Returns the key to seal and open with in this transaction, and prevents rotations until it
    /// ends. Call this after locking the data center and before writing or reading a sealed value.
    pub(crate) async fn hold_key(
        &self,
        connection: &mut AnyConnection,
    ) -> Result<Arc<Sealer>, StoreError> {
        let known = keyring::share(connection, self.backend).await?;
        self.keyring.of(&known)
    }

    /// Returns the key for a sealed value that was read without [`Store::hold_key`]. `before` is
    /// the key in force before the read. If the value is not sealed with it, the value is newer,
    /// and `seal_check` identifies the newer key.
    pub(crate) async fn key_of(
        &self,
        connection: &mut AnyConnection,
        before: Arc<Sealer>,
        sealed: &Sealed,
    ) -> Result<Arc<Sealer>, StoreError> {
        if before.has_sealed(sealed) {
            return Ok(before);
        }
        match keyring::known(connection).await? {
            Some(known) => self.keyring.of(&known),
            None => Ok(before),
        }
    }
}
