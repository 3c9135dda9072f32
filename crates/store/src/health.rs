//! Health of the database and of its disk.

use std::io;

use crate::{DiskState, Store, StoreError, disk};

impl Store {
    /// Waits for a reply from PostgreSQL. Returns immediately for SQLite. If the existing
    /// connection does not reply, a new one is tried. Takes at most three seconds.
    ///
    /// # Errors
    /// `Database` if it cannot be reached or does not reply in time.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.probe.ping().await
    }

    /// Truncates the write-ahead log of SQLite if it is not empty. Until then it contains changed
    /// and removed data. Returns false if a reader was in the way.
    ///
    /// # Errors
    /// `Database`.
    pub async fn truncate_log(&self) -> Result<bool, StoreError> {
        if self.probe.is_log_empty().await {
            return Ok(true);
        }
        let _write_lock = self.write_lock().await;
        self.probe.truncate_log().await
    }

    /// Returns the state of the disk that holds a SQLite file. Returns `None` for other databases,
    /// which report disk problems only as errors.
    ///
    /// # Errors
    /// If the directory cannot be examined.
    pub async fn disk_state(&self) -> io::Result<Option<DiskState>> {
        let Some(file) = self.probe.file() else {
            return Ok(None);
        };
        let file = file.to_owned();
        // A network file system may not respond.
        let state = tokio::task::spawn_blocking(move || disk::state(&file));
        state.await.map_err(io::Error::other)?.map(Some)
    }
}
