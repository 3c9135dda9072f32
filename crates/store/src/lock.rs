//! The lock of a SQLite file, which allows one server at a time. Commands do not take it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use crate::StoreError;

/// A lock that is held until it is dropped. The operating system releases it when the process ends
/// in any way. The file stays, because removing it would let two servers lock two files of the same
/// name.
#[derive(Debug)]
pub(crate) struct ServerLock(#[expect(dead_code, reason = "open while the lock is held")] File);

impl ServerLock {
    /// Locks `<database>.lock` next to the database, which must exist.
    ///
    /// # Errors
    /// `InUse` if another server holds it; `LockFile`.
    pub(crate) fn acquire(database: &Path) -> Result<Self, StoreError> {
        // The same file under another name, such as a symbolic link, is the same database.
        let database = database
            .canonicalize()
            .unwrap_or_else(|_| database.to_owned());
        let mut path = database.clone().into_os_string();
        path.push(".lock");
        let path = std::path::PathBuf::from(path);
        let file = OpenOptions::new()
            // Opening a pipe for only one of them would wait for its other end.
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path);
        let locked = file
            .map_err(TryLockError::Error)
            .and_then(|file| file.try_lock().map(|()| file));
        match locked {
            Ok(file) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse { database }),
            Err(TryLockError::Error(source)) => Err(StoreError::LockFile { path, source }),
        }
    }
}
