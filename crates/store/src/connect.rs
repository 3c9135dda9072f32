//! Connections to SQLite and PostgreSQL, and the few things in which the two differ.

use std::{fs::OpenOptions, io, os::unix::fs::OpenOptionsExt, path::PathBuf, time::Duration};

use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Connection,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::Migrator,
    sqlite::SqliteConnectOptions,
};

use crate::{StoreError, private};

static MIGRATOR: Migrator = sqlx::migrate!();

/// Milliseconds that a connection of SQLite waits for another one's write.
const BUSY_TIMEOUT: u64 = 10_000;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    SqliteFile,
    SqliteMemory,
    Postgres,
}

/// The file of the database; `None` when it is not one.
pub(crate) fn file(options: &AnyConnectOptions, backend: Backend) -> Option<PathBuf> {
    if backend != Backend::SqliteFile {
        return None;
    }
    let options = SqliteConnectOptions::from_url(&options.database_url).ok()?;
    Some(options.get_filename().to_owned())
}

/// Tells the database from its URL, and makes a file of SQLite that only its owner may read.
pub(crate) fn prepare(options: &AnyConnectOptions) -> Result<Backend, StoreError> {
    let url = &options.database_url;
    match url.scheme() {
        "postgres" | "postgresql" => Ok(Backend::Postgres),
        "sqlite" => {
            let options = SqliteConnectOptions::from_url(url).map_err(|_| StoreError::Url)?;
            if url.path() == ":memory:" || url.query().is_some_and(|q| q.contains("mode=memory")) {
                return Ok(Backend::SqliteMemory);
            }
            let path = options.get_filename();
            let made = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path);
            match made {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    Err(StoreError::DatabaseFile {
                        path: path.to_owned(),
                        source: error,
                    })
                }
                _ => {
                    private::check(path)?;
                    Ok(Backend::SqliteFile)
                }
            }
        }
        _ => Err(StoreError::Url),
    }
}

pub(crate) async fn connect(
    options: AnyConnectOptions,
    backend: Backend,
) -> Result<AnyPool, StoreError> {
    if backend == Backend::Postgres {
        // A pool tries again until its time is up, and then tells the time, not the reason.
        options.connect().await?.close().await?;
    }
    let pool = AnyPoolOptions::new().acquire_timeout(Duration::from_secs(20));
    let pool = match backend {
        Backend::Postgres => pool.max_connections(8),
        Backend::SqliteFile => pool.max_connections(4),
        // The database lives in its one connection.
        Backend::SqliteMemory => pool
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None),
    };
    let pool = pool.after_connect(move |connection, _| {
        Box::pin(async move {
            match backend {
                Backend::Postgres => Ok(()),
                Backend::SqliteFile | Backend::SqliteMemory => configure(connection).await,
            }
        })
    });
    Ok(pool.connect_with(options).await?)
}

async fn configure(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    // What is replaced or removed is overwritten: no sealed value stays in free pages for an old key.
    let pragmas = sqlx::AssertSqlSafe(format!(
        "PRAGMA busy_timeout = {BUSY_TIMEOUT};
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA synchronous = FULL;"
    ));
    sqlx::raw_sql(pragmas).execute(&mut *connection).await?;
    // Two servers that turn a new database to WAL at once: SQLite does not wait here, it refuses one of them.
    let mut tries = 0_u64;
    loop {
        let turned = sqlx::raw_sql("PRAGMA journal_mode = WAL")
            .execute(&mut *connection)
            .await;
        match turned {
            Err(sqlx::Error::Database(_)) if tries < BUSY_TIMEOUT / 20 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            turned => return turned.map(|_| ()),
        }
    }
}

/// Brings the tables up to date; one server at a time.
pub(crate) async fn migrate(pool: &AnyPool, backend: Backend) -> Result<(), StoreError> {
    // `run_direct`, because the future of `run` is not `Send` for a connection.
    let mut connection = pool.acquire().await?;
    if backend == Backend::Postgres {
        // The migrator itself takes an advisory lock.
        return Ok(MIGRATOR.run_direct(None, &mut *connection, false).await?);
    }
    // On SQLite it takes none: the write lock of one transaction around all does it.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATOR.run_direct(None, &mut *transaction, false).await?;
    Ok(transaction.commit().await?)
}
