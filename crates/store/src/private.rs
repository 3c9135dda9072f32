//! The modes of `SQLite`'s files. They hold everything that is not sealed, and whoever writes to them changes accounts.

use std::{fs, io, path::Path};

use crate::StoreError;

/// What `SQLite` puts beside a database: the write-ahead log with its index, and the journal of a rollback.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Checks that nobody but its owner and group may open a database file and the files beside it. `SQLite` itself gives new ones the
/// mode of the database.
///
/// # Errors
/// `DatabaseReadable`; `DatabaseFile` when a file cannot be examined or is not a regular file.
pub(crate) fn check(path: &Path) -> Result<(), StoreError> {
    let failed = |path: &Path, source: io::Error| StoreError::DatabaseFile {
        path: path.to_owned(),
        source,
    };
    // `SQLite` puts the others beside the file that a link leads to.
    let database = path.canonicalize().map_err(|error| failed(path, error))?;
    for ending in BESIDE {
        let mut path = database.clone().into_os_string();
        path.push(ending);
        let path = Path::new(&path);
        let metadata = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !ending.is_empty() => continue,
            metadata => metadata.map_err(|error| failed(path, error))?,
        };
        if !metadata.is_file() {
            let error = io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file");
            return Err(failed(path, error));
        }
        if crate::file::is_open_to_others(&metadata) {
            return Err(StoreError::DatabaseReadable {
                path: path.to_owned(),
            });
        }
    }
    Ok(())
}
