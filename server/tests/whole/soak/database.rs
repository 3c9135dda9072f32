//! The databases that the servers share, each on a small disk if possible. They have room for all
//! messages of a run, because delivered ones are kept for the accounting.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
    time::Duration,
};

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tempfile::TempDir;

use super::clients;

use crate::support::SmallDisk;

/// Largest size of a message in the database, with its attempts and indexes, in kilobytes.
const KILOBYTES_OF_MESSAGE: u64 = 8;
/// Size of a database without messages, in megabytes. PostgreSQL needs the most.
const EMPTY_MEGABYTES: u64 = 24;
/// Space on the disk for the write-ahead log of SQLite, in megabytes. It grows while it is read.
const LOG_MEGABYTES: u64 = 48;
/// Pages of SQLite in a megabyte.
const PAGES_OF_MEGABYTE: u64 = 256;
/// Bytes of a row that takes a whole page.
const PAGE_FILLER: u64 = 3_900;

/// The database under test, with its faults. Fields are dropped in this order.
pub struct SoakDatabase {
    /// The URL for the test itself.
    pub url: String,
    /// The URL for the servers, which limits the pages of SQLite.
    pub server_url: String,
    /// The number of pages that servers may use.
    max_pages: u64,
    /// The disk that stores its data, or the reason that there is none.
    pub disk: Result<SmallDisk, String>,
    postgres: Option<Postgres>,
    _directory: TempDir,
}

struct Postgres {
    server: String,
    name: String,
}

impl SoakDatabase {
    /// Creates a SQLite file for a run of this duration.
    pub fn sqlite(duration: Duration) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let megabytes = megabytes(duration);
        let disk = SmallDisk::mount(directory.path(), megabytes + LOG_MEGABYTES);
        let url = format!("sqlite://{}", directory.path().join("soak.db").display());
        let max_pages = megabytes * PAGES_OF_MEGABYTE;
        Self {
            server_url: format!("{url}?max_page_count={max_pages}"),
            url,
            max_pages,
            disk,
            postgres: None,
            _directory: directory,
        }
    }

    /// Creates a database on a running PostgreSQL server, in a separate tablespace, for a run of
    /// this duration.
    pub async fn postgres(server: &str, duration: Duration) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let name = format!("mailgrant_soak_{}", std::process::id());
        let megabytes = megabytes(duration);
        let disk = tablespace(server, directory.path(), &name, megabytes).await;
        let on = disk
            .as_ref()
            .map_or(String::new(), |_| format!(" TABLESPACE {name}"));
        run(server, &format!("CREATE DATABASE {name}{on}"))
            .await
            .unwrap();
        let (before, _) = server.rsplit_once('/').unwrap();
        let url = format!("{before}/{name}");
        Self {
            server_url: url.clone(),
            url,
            max_pages: 0,
            disk,
            postgres: Some(Postgres {
                server: server.to_owned(),
                name,
            }),
            _directory: directory,
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// Closes every connection to the database immediately.
    pub async fn cut(&self) {
        if let Some(Postgres { server, name }) = &self.postgres {
            let sql = format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            );
            run(server, &sql).await.unwrap();
        }
    }

    /// Fills a SQLite database up to the number of pages that servers may use. A free page counts as
    /// one that they may use.
    pub async fn fill_pages(&self) {
        let mut connection = self.filler().await;
        loop {
            let sql =
                "SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count";
            let (pages, free): (i64, i64) = sqlx::query_as(sql)
                .fetch_one(&mut connection)
                .await
                .unwrap();
            let [pages, free] = [pages, free].map(|count| u64::try_from(count).unwrap());
            let rows = (free + self.max_pages.saturating_sub(pages)).min(PAGES_OF_MEGABYTE);
            if rows == 0 {
                break;
            }
            let sql = format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
                 INSERT INTO filler SELECT zeroblob({PAGE_FILLER}) FROM n"
            );
            let filled = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection);
            if filled.await.is_err() {
                // The log has filled the disk.
                break;
            }
        }
        let _ = connection.close().await;
    }

    /// Frees the pages that [`Self::fill_pages`] filled.
    pub async fn free_pages(&self) {
        for _ in 0..100 {
            let mut connection = self.filler().await;
            let freed = sqlx::raw_sql("DELETE FROM filler").execute(&mut connection);
            let is_freed = freed.await.is_ok();
            let _ = connection.close().await;
            if is_freed {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the pages cannot be freed");
    }

    /// Opens a connection without the limit of pages, which waits for the writes of a server.
    async fn filler(&self) -> AnyConnection {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let sql = "PRAGMA busy_timeout = 20000; CREATE TABLE IF NOT EXISTS filler (x BLOB)";
        let created = sqlx::raw_sql(sql).execute(&mut connection);
        created.await.unwrap();
        connection
    }

    /// Makes PostgreSQL reject every write, as a standby does.
    pub async fn set_read_only(&self, read_only: bool) {
        if let Some(Postgres { server, name }) = &self.postgres {
            let value = if read_only { "on" } else { "off" };
            let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}");
            run(server, &sql).await.unwrap();
            self.cut().await;
        }
    }

    /// Reads the first column of each row.
    pub async fn texts(&self, sql: String) -> Vec<String> {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let found = sqlx::query_scalar(AssertSqlSafe(sql));
        let found = found.fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        found
    }

    /// Drops a PostgreSQL database.
    pub async fn remove(self) {
        if let Some(Postgres { server, name }) = &self.postgres {
            let _ = run(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
            if self.disk.is_ok() {
                let _ = run(server, &format!("DROP TABLESPACE {name}")).await;
            }
        }
    }
}

/// Returns the room that all messages of a run need.
fn megabytes(duration: Duration) -> u64 {
    EMPTY_MEGABYTES + clients::most_messages(duration) * KILOBYTES_OF_MESSAGE / 1_024
}

/// Creates a tablespace on a small disk. It stores the data of its databases, but not the
/// write-ahead log.
async fn tablespace(
    server: &str,
    directory: &Path,
    name: &str,
    megabytes: u64,
) -> Result<SmallDisk, String> {
    fs::set_permissions(directory, Permissions::from_mode(0o755))
        .map_err(|error| error.to_string())?;
    let disk = SmallDisk::mount(directory, megabytes)?;
    let location = directory.join("tablespace");
    fs::create_dir(&location).map_err(|error| error.to_string())?;
    let owned = Command::new("chown")
        .arg("postgres")
        .arg(&location)
        .status();
    if !owned.is_ok_and(|status| status.success()) {
        return Err("there is no user postgres".to_owned());
    }
    let sql = format!("CREATE TABLESPACE {name} LOCATION '{}'", location.display());
    run(server, &sql).await.map_err(|error| error.to_string())?;
    Ok(disk)
}

async fn run(server: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = AnyConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await?;
    connection.close().await
}
