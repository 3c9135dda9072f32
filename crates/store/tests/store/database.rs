//! A database for one test.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use secrecy::SecretString;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use store::{KeySource, Store};
use tempfile::TempDir;

/// URL of a server on which tests may create databases: `postgres://user@127.0.0.1:port/postgres`.
const POSTGRES: &str = "MAILGRANT_TEST_POSTGRES";

pub struct Database {
    pub url: String,
    pub folder: TempDir,
    /// Server URL and database name, for PostgreSQL.
    postgres: Option<(String, String)>,
}

impl Database {
    pub fn sqlite() -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mailgrant.db");
        Arc::new(Self {
            url: format!("sqlite://{}", path.display()),
            folder,
            postgres: None,
        })
    }

    /// Creates a PostgreSQL database.
    pub async fn postgres() -> Arc<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var(POSTGRES).expect(POSTGRES);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("mailgrant_store_{}_{number}", std::process::id());
        run(&server, &format!("CREATE DATABASE {name}")).await;
        let (before, _) = server.rsplit_once('/').unwrap();
        Arc::new(Self {
            url: format!("{before}/{name}"),
            folder: tempfile::tempdir().unwrap(),
            postgres: Some((server, name)),
        })
    }

    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.url, key(1)).await.unwrap()
    }

    /// Opens a connection of another program that does not wait for locks.
    pub async fn connection(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        if self.is_sqlite() {
            let wait = sqlx::raw_sql("PRAGMA busy_timeout = 5000");
            wait.execute(&mut connection).await.unwrap();
        }
        connection
    }

    /// Runs SQL that the store never runs.
    pub async fn tamper(&self, sql: &str) {
        run(&self.url, sql).await;
    }

    /// Rewrites one value of the saved SMTP settings.
    pub async fn rewrite_setting(&self, name: &str, value: serde_json::Value) {
        let settings = self.text("SELECT settings FROM smtp_settings").await;
        let mut settings: serde_json::Value = serde_json::from_str(&settings.unwrap()).unwrap();
        assert!(settings.get(name).is_some(), "{name} in {settings}");
        settings[name] = value;
        self.tamper(&format!("UPDATE smtp_settings SET settings = '{settings}'"))
            .await;
    }

    pub async fn text(&self, sql: &str) -> Option<String> {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let text = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        text
    }

    /// Returns rows of two text columns.
    pub async fn pairs(&self, sql: &str) -> Vec<(String, String)> {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let pairs = sqlx::query_as(AssertSqlSafe(sql.to_owned()))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        pairs
    }

    pub async fn remove(&self) {
        if let Some((server, name)) = &self.postgres {
            run(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn run(url: &str, sql: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

pub fn key(number: u8) -> KeySource {
    KeySource::Value(SecretString::from(format!("{number:02x}").repeat(32)))
}

/// Defines each test twice: on a SQLite file and on PostgreSQL, each with its own database.
macro_rules! on_both {
    ($(async fn $name:ident($database:ident) $body:block)*) => {
        $(async fn $name($database: std::sync::Arc<crate::database::Database>) $body)*

        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::database::Database::sqlite()).await;
            })*
        }

        mod on_postgres {
            $(#[prerequisites::needs_postgres]
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let database = crate::database::Database::postgres().await;
                let outcome = tokio::spawn(super::$name(database.clone())).await;
                database.remove().await;
                outcome.unwrap();
            })*
        }
    };
}
pub(crate) use on_both;
