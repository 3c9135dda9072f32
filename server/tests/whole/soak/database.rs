//! The databases that the servers share, each on a small disk if possible.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
};

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tempfile::TempDir;

use crate::support::SmallDisk;

/// The database under test, with its faults. Fields are dropped in this order.
pub struct SoakDatabase {
    pub url: String,
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
    /// Creates a SQLite file.
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let disk = SmallDisk::mount(directory.path(), 32);
        Self {
            url: format!("sqlite://{}", directory.path().join("soak.db").display()),
            disk,
            postgres: None,
            _directory: directory,
        }
    }

    /// Creates a database on a running PostgreSQL server, in a separate tablespace.
    pub async fn postgres(server: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let name = format!("mailgrant_soak_{}", std::process::id());
        let disk = tablespace(server, directory.path(), &name).await;
        let on = disk
            .as_ref()
            .map_or(String::new(), |_| format!(" TABLESPACE {name}"));
        run(server, &format!("CREATE DATABASE {name}{on}"))
            .await
            .unwrap();
        let (before, _) = server.rsplit_once('/').unwrap();
        Self {
            url: format!("{before}/{name}"),
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

/// Creates a tablespace on a small disk. It stores the data of its databases, but not the
/// write-ahead log.
async fn tablespace(server: &str, directory: &Path, name: &str) -> Result<SmallDisk, String> {
    fs::set_permissions(directory, Permissions::from_mode(0o755))
        .map_err(|error| error.to_string())?;
    let disk = SmallDisk::mount(directory, 48)?;
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
