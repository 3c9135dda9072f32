//! Opening the database.

use std::{
    fmt,
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    str::FromStr,
    sync::{Arc, Once},
    time::Duration,
};

use secrecy::SecretString;
use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Connection, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
    migrate::Migrator,
    sqlite::SqliteConnectOptions,
};

use crate::{
    KeySource, StoreError,
    seal::{Cell, Sealed, Sealer},
};

static MIGRATOR: Migrator = sqlx::migrate!();

/// Where the known text is.
const CHECK: Cell = Cell {
    table: "seal_check",
    column: "sealed",
    row: "1",
};

/// Milliseconds that a connection of SQLite waits for another one's write.
const BUSY_TIMEOUT: u64 = 10_000;

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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Backend {
    SqliteFile,
    SqliteMemory,
    Postgres,
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
        Ok(Self { pool, sealer })
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

/// Tells the database from its URL, and makes a file of SQLite that only its owner may read.
fn prepare(options: &AnyConnectOptions) -> Result<Backend, StoreError> {
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
                _ => Ok(Backend::SqliteFile),
            }
        }
        _ => Err(StoreError::Url),
    }
}

async fn connect(options: AnyConnectOptions, backend: Backend) -> Result<AnyPool, StoreError> {
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
    let pragmas = sqlx::AssertSqlSafe(format!(
        "PRAGMA busy_timeout = {BUSY_TIMEOUT};
         PRAGMA foreign_keys = ON;
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

async fn migrate(pool: &AnyPool, backend: Backend) -> Result<(), StoreError> {
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
