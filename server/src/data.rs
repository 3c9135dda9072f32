//! Opens the database in the data directory.

use std::{fs, os::unix::fs::DirBuilderExt as _, path::Path};

use secrecy::ExposeSecret as _;
use store::Store;

use crate::{Config, StartError};

/// Opens the database for a command, also while a server uses it. Creates the data directory and
/// the database if they are missing.
///
/// # Errors
///
/// Returns an error if the directory cannot be created or the database cannot be opened.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    make_private_directory(&config.data_directory)?;
    let url = config.database_url.expose_secret();
    Ok(Store::open(url, config.key.clone()).await?)
}

/// Opens the database for the server. Only one server can use a SQLite file.
///
/// # Errors
///
/// Returns the errors of [`open_store`], and one if another server uses the file.
pub(crate) async fn open_server_store(config: &Config) -> Result<Store, StartError> {
    make_private_directory(&config.data_directory)?;
    let url = config.database_url.expose_secret();
    Ok(Store::open_for_server(url, config.key.clone()).await?)
}

/// Creates a directory with mode 0700.
fn make_private_directory(path: &Path) -> Result<(), StartError> {
    let mut builder = fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| StartError::DataDirectory {
            path: path.to_owned(),
            source,
        })
}
