//! The disk that holds a SQLite database.

use std::{
    io,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access, statvfs};

use crate::StoreError;

/// The state of the disk that holds the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskState {
    /// Bytes that this process may still use.
    pub free_bytes: u64,
    /// True if the directory or the database cannot be written.
    pub read_only: bool,
}

/// Returns the state of the disk that holds a file.
pub(crate) fn state(file: &Path) -> io::Result<DiskState> {
    let free_bytes = free_bytes(folder(file))?;
    Ok(DiskState {
        free_bytes,
        read_only: check_writable(file).is_err(),
    })
}

/// Returns the bytes of free space that this process may use in a directory.
fn free_bytes(folder: &Path) -> io::Result<u64> {
    let about = statvfs(folder)?;
    Ok(about.f_bavail.saturating_mul(about.f_frsize))
}

/// Checks that the directory of a SQLite database and its existing files are writable. SQLite
/// itself would open them read-only, or report that it cannot open them.
///
/// # Errors
/// `ReadOnly`.
pub(crate) fn check_writable(file: &Path) -> Result<(), StoreError> {
    let with_suffix = |suffix: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let paths = [
        folder(file).to_owned(),
        file.to_owned(),
        with_suffix("-wal"),
        with_suffix("-shm"),
    ];
    for path in paths {
        match access(&path, Access::WRITE_OK) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => {}
            Err(error) => {
                return Err(StoreError::ReadOnly {
                    path,
                    source: error.into(),
                });
            }
        }
    }
    Ok(())
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
