//! All commands except `serve`. Each performs one operation on the same database, also while a
//! server is running on it.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod check;
pub mod generate;
pub mod health;
pub mod key;
pub mod send;
pub mod sender;
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

/// An open database and the parts that commands use.
struct Opened {
    store: Store,
    access: Access,
}

impl Opened {
    /// Opens an existing database. A command run in the wrong directory must not create a new one.
    async fn existing(config: &Config) -> Result<Self, CommandError> {
        match missing_database(config) {
            Some(path) => Err(CommandError::NoDatabase { path }),
            None => Self::existing_or_new(config).await,
        }
    }

    /// Opens the database, or creates it.
    async fn existing_or_new(config: &Config) -> Result<Self, CommandError> {
        let store = server::open_store(config).await?;
        let access = Access::new(store.clone(), AccessOptions::default());
        Ok(Self { store, access })
    }

    /// Returns an error if no data center has this ID.
    async fn needs_data_center(&self, id: &DataCenterId) -> Result<(), CommandError> {
        match self.store.data_center(id).await? {
            Some(_) => Ok(()),
            None => Err(self.unknown_data_center(id).await),
        }
    }

    /// Returns the error for an unknown data center. It lists the known IDs.
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

/// Returns the path of the SQLite file if it does not exist. URLs with escapes or options are left
/// to the store.
fn missing_database(config: &Config) -> Option<PathBuf> {
    let url = config.database_url.expose_secret();
    let path = url.strip_prefix("sqlite:")?;
    let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
    let is_plain = !url.contains(['%', '?']) && !url.contains(":memory:");
    (is_plain && !path.exists()).then_some(path)
}
