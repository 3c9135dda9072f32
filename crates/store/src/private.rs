//! File modes of SQLite databases. The files contain everything that is not sealed, and write
//! access to them allows changing accounts.

use std::{fs, io, path::Path};

use crate::StoreError;

/// Suffixes of the files of a database: the database, the write-ahead log with its index, and the
/// rollback journal.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Checks that only the owner and group may open a database file and the files next to it. SQLite
/// creates the latter with the mode of the database.
///
/// # Errors
/// `DatabaseReadable`; `DatabaseFile` if a file cannot be examined or is not a regular file.
pub(crate) fn check(path: &Path) -> Result<(), StoreError> {
    let failed = |path: &Path, source: io::Error| StoreError::DatabaseFile {
        path: path.to_owned(),
        source,
    };
    // SQLite puts the other files next to the target of a symbolic link.
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
