//! Direct access to the database, as an attacker with access to its files has.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

/// A second connection to the database of a server.
pub struct Database(SqliteConnection);

impl Database {
    pub async fn open(path: &Path) -> Self {
        let url = format!("sqlite://{}", path.display());
        Self(SqliteConnection::connect(&url).await.unwrap())
    }

    /// Changes the database without the server's knowledge.
    pub async fn run(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        sqlx::query(sql).execute(&mut self.0).await.unwrap();
    }

    /// Returns the number that a query counts.
    pub async fn number(&mut self, sql: &str) -> i64 {
        let row = sqlx::query(AssertSqlSafe(sql.to_owned()));
        row.fetch_one(&mut self.0).await.unwrap().get(0)
    }

    async fn texts(&mut self, sql: String) -> Vec<String> {
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut self.0).await;
        let rows = rows.unwrap();
        rows.into_iter()
            .map(|row| row.get::<String, _>(0))
            .collect()
    }

    /// Returns the names of all tables.
    pub async fn tables(&mut self) -> Vec<String> {
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        self.texts(sql.to_owned()).await
    }

    /// Returns every value of every row.
    pub async fn dump(&mut self) -> String {
        let mut dump = Vec::new();
        for table in self.tables().await {
            // The time at which the server last looked, which changes by itself.
            if table == "alert_watch" {
                continue;
            }
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            let columns = self.texts(columns).await;
            let values: Vec<_> = columns
                .iter()
                .map(|column| format!("quote(\"{column}\")"))
                .collect();
            let rows = format!(
                "SELECT {} AS row FROM \"{table}\" ORDER BY row",
                values.join(" || ',' || ")
            );
            let rows = self.texts(rows).await;
            dump.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        dump.join("\n")
    }
}
