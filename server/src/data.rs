//! Where everything is kept.

use std::{fs, os::unix::fs::DirBuilderExt as _, path::Path};

use secrecy::ExposeSecret as _;
use store::Store;

use crate::{Config, StartError};

/// Opens the database for a command, also while a server uses it. The data directory and the database are made when they
/// are missing.
///
/// # Errors
/// When one of these fails.
pub async fn open_store(config: &Config) -> Result<Store, StartError> {
    make_private_directory(&config.data_directory)?;
    let url = config.database_url.expose_secret();
    Ok(Store::open(url, config.key.clone()).await?)
}

/// Opens the database for the server; a file of SQLite can have only one.
///
/// # Errors
/// As [`open_store`]; when another server uses the file.
pub(crate) async fn open_server_store(config: &Config) -> Result<Store, StartError> {
    make_private_directory(&config.data_directory)?;
    let url = config.database_url.expose_secret();
    Ok(Store::open_for_server(url, config.key.clone()).await?)
}

/// Only the owner may look into a directory that is made here.
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
