//! Transactions, and the check that a connection can be used for the next one.
//!
//! After `SQLITE_FULL` or an I/O error, SQLite itself has rolled back the transaction. The ROLLBACK
//! of sqlx then fails, and sqlx assumes that a transaction is still open on the connection. A
//! transaction begun and committed there later is a savepoint inside a transaction that never ends.
//! Two rules prevent data loss:
//!
//! - A connection returns to the pool only if nothing is open on it ([`is_reusable`]).
//! - A transaction begins here and nowhere else, and only an outermost one is committed
//!   ([`Transaction`]).

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use sqlx::{Any, AnyConnection, AnyPool, Connection as _};
use tokio::time::timeout;

use crate::{StoreError, backend::Backend};

/// Timeout of the check of a connection. A connection that does not reply is closed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// An outermost transaction. Dropping it rolls it back.
pub(crate) struct Transaction {
    inner: sqlx::Transaction<'static, Any>,
    backend: Backend,
}

impl Transaction {
    /// Begins a transaction on a connection of the pool.
    ///
    /// # Errors
    /// `Database`; `LeftoverTransaction` if every connection has a transaction that never ended.
    pub(crate) async fn begin(pool: &AnyPool, backend: Backend) -> Result<Self, StoreError> {
        for _ in 0..=pool.options().get_max_connections() {
            let connection = pool.acquire().await?;
            if !connection.is_in_transaction() {
                let inner = sqlx::Transaction::begin(connection, None).await?;
                return Ok(Self { inner, backend });
            }
            tracing::error!("database connection with an open transaction closed");
            let _ = timeout(CHECK_TIMEOUT, connection.close()).await;
        }
        Err(StoreError::LeftoverTransaction)
    }

    /// Commits. The changes survive a crash once this returns.
    ///
    /// # Errors
    /// `Database`: nothing was stored. `CommitUnknown`: the connection was lost, and the changes
    /// may have been stored.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if self.backend == Backend::Postgres {
            // COMMIT rolls back without an error if an earlier statement failed. Any other
            // statement fails.
            sqlx::query("SELECT 1").execute(&mut *self.inner).await?;
        }
        self.inner.commit().await.map_err(|error| match error {
            sqlx::Error::Database(_) => error.into(),
            error => StoreError::CommitUnknown(error.into()),
        })
    }

    /// Rolls back and waits until it is done.
    ///
    /// # Errors
    /// `Database`.
    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.inner.rollback().await?)
    }
}

impl Deref for Transaction {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.inner
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }
}

/// Returns true if a connection may return to the pool: no transaction is open on it, neither in
/// the database nor in sqlx. Otherwise, and after an error, the pool closes it.
pub(crate) async fn is_reusable(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    // A dropped transaction has queued its ROLLBACK, which runs first. SQLite rejects BEGIN within
    // a transaction. On PostgreSQL, the ROLLBACK ends it.
    let check = sqlx::raw_sql("BEGIN; ROLLBACK").execute(&mut *connection);
    match timeout(CHECK_TIMEOUT, check).await {
        Ok(Ok(_)) if !connection.is_in_transaction() => Ok(true),
        Ok(Ok(_)) => {
            tracing::warn!("database connection with a failed transaction closed");
            Ok(false)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use sqlx::any::AnyPoolOptions;

    use super::*;

    const INSERT: &str = "INSERT INTO t VALUES (1)";

    /// Creates a database with a table, and a pool with one connection.
    async fn pool(folder: &Path, options: AnyPoolOptions) -> (String, AnyPool) {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}?mode=rwc", folder.join("x.db").display());
        let pool = options.max_connections(1).connect(&url).await.unwrap();
        let sql = "PRAGMA busy_timeout = 0; CREATE TABLE t (x BIGINT)";
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        (url, pool)
    }

    fn checked() -> AnyPoolOptions {
        AnyPoolOptions::new().after_release(|connection, _| Box::pin(is_reusable(connection)))
    }

    async fn begin(pool: &AnyPool) -> Result<Transaction, StoreError> {
        Transaction::begin(pool, Backend::SqliteFile).await
    }

    /// Makes SQLite roll back by itself, as after `SQLITE_FULL` and I/O errors.
    async fn fail(transaction: &mut Transaction) {
        let sql = "CREATE TEMP TRIGGER f BEFORE INSERT ON t BEGIN SELECT RAISE(ROLLBACK, ''); END";
        sqlx::raw_sql(sql)
            .execute(&mut **transaction)
            .await
            .unwrap();
        let inserted = sqlx::query(INSERT).execute(&mut **transaction).await;
        inserted.unwrap_err();
    }

    #[tokio::test]
    async fn a_connection_whose_transaction_failed_is_never_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let (_, pool) = pool(folder.path(), checked()).await;
        let mut transaction = begin(&pool).await.unwrap();
        fail(&mut transaction).await;
        // A transaction that SQLite has rolled back commits nothing.
        transaction.commit().await.unwrap_err();
        let mut transaction = begin(&pool).await.unwrap();
        // A new connection does not have the trigger of the old one.
        sqlx::query(INSERT)
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    #[tokio::test]
    async fn nothing_begins_or_commits_inside_a_transaction_that_never_ended() {
        let folder = tempfile::tempdir().unwrap();
        // Without the check on return to the pool.
        let (url, pool) = pool(folder.path(), AnyPoolOptions::new()).await;
        let mut transaction = begin(&pool).await.unwrap();
        fail(&mut transaction).await;
        drop(transaction);
        // A new connection does not have the trigger of the old one.
        let mut transaction = begin(&pool).await.unwrap();
        sqlx::query(INSERT)
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let mut other = AnyConnection::connect(&url).await.unwrap();
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM t")
            .fetch_one(&mut other)
            .await
            .unwrap();
        assert_eq!(count, 1);
    }

    #[tokio::test]
    async fn a_commit_that_finds_the_database_busy_stores_nothing_and_the_next_one_works() {
        let folder = tempfile::tempdir().unwrap();
        let (url, pool) = pool(folder.path(), checked()).await;
        // Without a write-ahead log, a reader blocks the commit.
        let mut reader = AnyConnection::connect(&url).await.unwrap();
        let read = sqlx::raw_sql("BEGIN; SELECT * FROM t");
        read.execute(&mut reader).await.unwrap();
        let mut transaction = begin(&pool).await.unwrap();
        sqlx::query(INSERT)
            .execute(&mut *transaction)
            .await
            .unwrap();
        let error = transaction.commit().await.unwrap_err();
        assert!(matches!(error, StoreError::Database(_)), "{error:?}");
        let end = sqlx::raw_sql("COMMIT");
        end.execute(&mut reader).await.unwrap();
        let mut transaction = begin(&pool).await.unwrap();
        sqlx::query(INSERT)
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM t")
            .fetch_one(&mut reader)
            .await
            .unwrap();
        assert_eq!(count, 1);
    }

    /// Enforces the rule of this module for every file of the crate.
    #[test]
    fn a_transaction_begins_in_one_place() {
        const BEGINS: [&str; 4] = [
            "pool.begin",
            "connection.begin(",
            ".try_begin(",
            "Transaction::begin(connection",
        ];
        fn look(folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    look(&path, found);
                } else if !path.ends_with("transaction.rs") {
                    let text = fs::read_to_string(&path).unwrap();
                    // The migrations run before there is a store.
                    let text = text.replacen("connection.begin_with(\"BEGIN IMMEDIATE\")", "", 1);
                    let begins = BEGINS.iter().chain(&[".begin_with("]);
                    let begins = begins.filter(|begin| text.contains(**begin));
                    found.extend(begins.map(|begin| format!("{}: {begin}", path.display())));
                }
            }
        }
        let mut found = Vec::new();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        look(Path::new(source), &mut found);
        assert!(found.is_empty(), "{found:?}");
    }
}
