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
    let mut connection = pool.acquire().await?;
    if backend == Backend::Postgres {
        // The migrator itself takes an advisory lock.
        return Ok(MIGRATOR.run(&mut *connection).await?);
    }
    // On SQLite it takes none: the write lock of one transaction around all does it.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    MIGRATOR.run(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Loads the key and proves it on `seal_check`, which holds a known text sealed with the first key.
async fn unlock(pool: &AnyPool, key: &KeySource) -> Result<Sealer, StoreError> {
    const CELL: Cell = Cell {
        table: "seal_check",
        column: "sealed",
        row: "1",
    };
    let check = || sqlx::query_scalar::<_, String>("SELECT sealed FROM seal_check WHERE id = 1");
    let known = check().fetch_optional(pool).await?;
    let sealer = Sealer::new(&key.load(known.is_none())?);
    let known = match known {
        Some(known) => known,
        None => {
            let sealed = sealer.seal(&SecretString::from("mailgrant"), CELL)?;
            sqlx::query(
                "INSERT INTO seal_check (id, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING",
            )
            .bind(sealed.0)
            .execute(pool)
            .await?;
            // Another server may have been faster.
            check().fetch_one(pool).await?
        }
    };
    sealer
        .open(&Sealed(known), CELL)
        .map_err(|_| StoreError::WrongKey)?;
    Ok(sealer)
}
