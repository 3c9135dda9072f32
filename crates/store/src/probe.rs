//! Health check of the database over its own connection. A pool whose connections are all in use
//! says nothing about the database.

use std::{path::Path, time::Duration};

use sqlx::{AnyConnection, Connection as _};
use tokio::{sync::Mutex, time::timeout};

use crate::{StoreError, backend::Backend, connect::Target};

/// Timeout of a reply and of a new connection.
const TIMEOUT: Duration = Duration::from_millis(1_500);
/// Milliseconds that truncating the log waits for readers. Writers are blocked meanwhile.
const TRUNCATE_TIMEOUT: u64 = 200;

/// One connection outside the pool.
pub(crate) struct Probe {
    target: Target,
    connection: Mutex<Option<AnyConnection>>,
}

impl Probe {
    pub(crate) fn of(target: Target) -> Self {
        Self {
            target,
            connection: Mutex::default(),
        }
    }

    /// Returns the file of a SQLite database.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.target.file.as_deref()
    }

    /// Waits for a reply from PostgreSQL. Returns immediately for SQLite.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        // A local file does not stop responding. On an overloaded machine it would only seem to.
        if self.target.backend != Backend::Postgres {
            return Ok(());
        }
        let mut current = self.connection.lock().await;
        if let Some(mut connection) = current.take()
            && let Ok(Ok(())) = timeout(TIMEOUT, ask(&mut connection)).await
        {
            *current = Some(connection);
            return Ok(());
        }
        let new = async {
            let mut connection = self.target.connect().await?;
            ask(&mut connection).await?;
            Ok::<_, sqlx::Error>(connection)
        };
        let new = timeout(TIMEOUT, new).await;
        let new = new.map_err(|_| io_timeout())??;
        *current = Some(new);
        Ok(())
    }

    /// Returns true if the write-ahead log of SQLite is empty. Other databases have none.
    pub(crate) async fn is_log_empty(&self) -> bool {
        let Some(file) = self.file() else {
            return true;
        };
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let log = tokio::fs::metadata(log).await;
        log.is_ok_and(|log| log.len() == 0)
    }

    /// Truncates the write-ahead log of SQLite. Returns false if a reader was in the way.
    pub(crate) async fn truncate_log(&self) -> Result<bool, StoreError> {
        let mut connection = self.target.connect().await?;
        // Shorter than the usual timeout, because writers are blocked meanwhile.
        let wait = format!("PRAGMA busy_timeout = {TRUNCATE_TIMEOUT}");
        let wait = sqlx::raw_sql(sqlx::AssertSqlSafe(wait));
        wait.execute(&mut connection).await?;
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;
        Ok(busy == 0)
    }

    /// Closes the connection.
    pub(crate) async fn close(&self) {
        if let Some(connection) = self.connection.lock().await.take() {
            let _ = timeout(TIMEOUT, connection.close()).await;
        }
    }
}

async fn ask(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT at FROM write_probes WHERE id = 1")
        .fetch_optional(connection)
        .await?;
    Ok(())
}

fn io_timeout() -> sqlx::Error {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}
