//! Connections to SQLite and PostgreSQL, and the few differences between them.

use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Connection,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::{Migrate as _, MigrateError, Migration, Migrator},
    sqlite::SqliteConnectOptions,
};
use tokio::time::timeout;

use crate::{
    StoreError, backend::Backend, disk, error::sqlite_code, private, transaction::is_reusable,
};

static MIGRATOR: Migrator = sqlx::migrate!();

/// Milliseconds that a SQLite connection waits for another connection's write.
const BUSY_TIMEOUT: u64 = 10_000;
/// Time for an idle connection of the pool to answer before it is replaced.
const PING_TIMEOUT: Duration = Duration::from_secs(1);
/// Time to connect when the database is opened.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Time to wait for a connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);
/// SQLite URL parameter that limits the size of the database, in pages of 4096 bytes.
const MAX_PAGE_COUNT: &str = "max_page_count";

/// The database of a URL, which may contain a password.
#[derive(Clone)]
pub(crate) struct Target {
    pub options: AnyConnectOptions,
    pub backend: Backend,
    /// The database file, for [`Backend::SqliteFile`].
    pub file: Option<PathBuf>,
    max_page_count: Option<u32>,
}

/// Determines the database from its URL. Creates a missing SQLite file that only its owner may
/// read.
pub(crate) fn prepare(mut options: AnyConnectOptions) -> Result<Target, StoreError> {
    match options.database_url.scheme() {
        "postgres" | "postgresql" => {
            return Ok(Target {
                options,
                backend: Backend::Postgres,
                file: None,
                max_page_count: None,
            });
        }
        "sqlite" => {}
        _ => return Err(StoreError::Url),
    }
    let max_page_count = take_max_page_count(&mut options)?;
    let url = &options.database_url;
    let sqlite = SqliteConnectOptions::from_url(url).map_err(|_| StoreError::Url)?;
    if url.path() == ":memory:" || url.query().is_some_and(|q| q.contains("mode=memory")) {
        return Ok(Target {
            options,
            backend: Backend::SqliteMemory,
            file: None,
            max_page_count,
        });
    }
    let path: &Path = sqlite.get_filename();
    disk::check_writable(path)?;
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
            Ok(Target {
                // SQLite puts its log next to the target of a symbolic link.
                file: Some(path.canonicalize().unwrap_or_else(|_| path.to_owned())),
                backend: Backend::SqliteFile,
                options,
                max_page_count,
            })
        }
    }
}

/// Removes the parameter from the URL, because the driver does not know it.
fn take_max_page_count(options: &mut AnyConnectOptions) -> Result<Option<u32>, StoreError> {
    let url = &mut options.database_url;
    let pairs = url.query_pairs().into_owned();
    let (limits, others): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| name == MAX_PAGE_COUNT);
    let Some((_, limit)) = limits.into_iter().next_back() else {
        return Ok(None);
    };
    url.set_query(None);
    if !others.is_empty() {
        url.query_pairs_mut().extend_pairs(others);
    }
    limit.parse().map(Some).map_err(|_| StoreError::Url)
}

pub(crate) async fn connect(target: &Target) -> Result<AnyPool, StoreError> {
    let (options, backend) = (target.options.clone(), target.backend);
    if backend != Backend::SqliteMemory {
        // A pool retries until its timeout and then reports the timeout instead of the cause.
        let connection = timeout(CONNECT_TIMEOUT, target.connect()).await;
        let connection =
            connection.map_err(|_| sqlx::Error::from(io::Error::from(io::ErrorKind::TimedOut)))?;
        connection?.close().await?;
    }
    let pool = AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
    let pool = match backend {
        Backend::Postgres => pool.max_connections(8),
        Backend::SqliteFile => pool.max_connections(4),
        // An in-memory database exists only in its one connection.
        Backend::SqliteMemory => pool
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None),
    };
    let of_connection = target.clone();
    let pool = pool
        .after_connect(move |connection, _| {
            let target = of_connection.clone();
            Box::pin(async move { target.configure(connection).await })
        })
        // Replaces sqlx's own ping, which waits forever for a server that is gone.
        .test_before_acquire(false)
        .before_acquire(|connection, _| {
            Box::pin(async move {
                let answers = timeout(PING_TIMEOUT, connection.ping()).await;
                Ok(answers.is_ok_and(|answer| answer.is_ok()))
            })
        })
        .after_release(|connection, _| Box::pin(is_reusable(connection)));
    Ok(pool.connect_with(options).await?)
}

impl Target {
    /// Opens a connection outside the pool.
    pub(crate) async fn connect(&self) -> Result<AnyConnection, sqlx::Error> {
        let mut connection = self.options.connect().await?;
        self.configure(&mut connection).await?;
        Ok(connection)
    }

    async fn configure(&self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        if self.backend == Backend::Postgres {
            return Ok(());
        }
        // Replaced and removed data is overwritten, so no value sealed with an old key remains in
        // free pages.
        let pragmas = sqlx::AssertSqlSafe(format!(
            "PRAGMA busy_timeout = {BUSY_TIMEOUT};
             PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;
             PRAGMA synchronous = FULL;"
        ));
        sqlx::raw_sql(pragmas).execute(&mut *connection).await?;
        // When two servers switch a new database to WAL concurrently, SQLite does not wait but
        // rejects one of them.
        let mut tries = 0_u64;
        loop {
            let turned = sqlx::raw_sql("PRAGMA journal_mode = WAL")
                .execute(&mut *connection)
                .await;
            match turned {
                Err(error) if is_busy(&error) && tries < BUSY_TIMEOUT / 20 => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                turned => break turned.map(|_| ())?,
            }
        }
        if let Some(pages) = self.max_page_count {
            let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
            sqlx::raw_sql(limit).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

/// Returns true if another connection blocks SQLite (`SQLITE_BUSY`, `SQLITE_LOCKED`).
fn is_busy(error: &sqlx::Error) -> bool {
    matches!(sqlite_code(error), Some(5 | 6))
}

/// Applies the migrations. Only one server does so at a time.
pub(crate) async fn migrate(pool: &AnyPool, backend: Backend) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    if backend == Backend::Postgres {
        // The migrator takes an advisory lock.
        return apply_migrations(&mut connection).await;
    }
    // On SQLite it takes no lock, so one write transaction around all migrations serves as the
    // lock.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    apply_migrations(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

async fn apply_migrations(connection: &mut AnyConnection) -> Result<(), StoreError> {
    // The future of `run` is not `Send` for a connection, unlike that of `run_direct`.
    let error = match MIGRATOR.run_direct(None, connection, false).await {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    let differs = matches!(
        error,
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_)
    );
    if differs && has_other_beginning(connection).await? {
        return Err(StoreError::MadeBeforeFirstRelease);
    }
    Err(error.into())
}

/// Returns true if the first migration of a database is not the one in this program. Before the
/// first release, several migrations built the tables that one migration creates now.
async fn has_other_beginning(connection: &mut AnyConnection) -> Result<bool, StoreError> {
    let applied = connection
        .list_applied_migrations(&MIGRATOR.table_name)
        .await?;
    let first = |migration: &&Migration| migration.version == 1;
    let own = MIGRATOR.iter().find(first).map(|own| &own.checksum);
    let other = applied.iter().find(|applied| applied.version == 1);
    Ok(other.map(|other| &other.checksum) != own)
}
