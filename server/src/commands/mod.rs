//! The commands besides serving: each does one thing to the same database, also while a server runs on it.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod check;
pub mod key;
pub mod send;
pub mod webhook;

mod error;
mod password;

use std::path::PathBuf;

use access::{Access, AccessOptions};
use domain::DataCenterId;
use secrecy::ExposeSecret as _;
use server::Config;
use store::Store;

pub use error::CommandError;

/// An open database.
struct Opened {
    store: Store,
    access: Access,
}

impl Opened {
    /// Opens a database that is there: a command in the wrong directory makes no new one.
    async fn existing(config: &Config) -> Result<Self, CommandError> {
        match missing_database(config) {
            Some(path) => Err(CommandError::NoDatabase { path }),
            None => Self::existing_or_new(config).await,
        }
    }

    /// Opens the database, or makes it.
    async fn existing_or_new(config: &Config) -> Result<Self, CommandError> {
        let store = server::open_store(config).await?;
        let access = Access::new(store.clone(), AccessOptions::default());
        Ok(Self { store, access })
    }

    /// Returns an error if there is no such data center.
    async fn needs_data_center(&self, id: &DataCenterId) -> Result<(), CommandError> {
        match self.store.data_center(id).await? {
            Some(_) => Ok(()),
            None => Err(self.unknown_data_center(id).await),
        }
    }

    /// The error for an id that no data center has; it lists those there are.
    async fn unknown_data_center(&self, id: &DataCenterId) -> CommandError {
        match self.store.data_centers().await {
            Ok(known) => CommandError::UnknownDataCenter {
                id: id.clone(),
                known: known.into_iter().map(|one| one.id).collect(),
            },
            Err(error) => error.into(),
        }
    }
}

/// The file of SQLite that is not there. A URL with escapes or options is left to the store.
fn missing_database(config: &Config) -> Option<PathBuf> {
    let url = config.database_url.expose_secret();
    let path = url.strip_prefix("sqlite:")?;
    let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
    let is_plain = !url.contains(['%', '?']) && !url.contains(":memory:");
    (is_plain && !path.exists()).then_some(path)
}
