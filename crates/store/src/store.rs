//! Opening the database.

use crate::{KeySource, StoreError};

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {}

#[expect(clippy::unused_async, reason = "the bodies follow")]
impl Store {
    /// Opens and migrates a database: `sqlite:///path/mailgrant.db` (made with mode 0600 when it is
    /// missing), `sqlite::memory:` or `postgres://…`. Several servers may do this at once.
    ///
    /// # Errors
    /// Every [`StoreError`] about the URL, the database, its migration and the key.
    pub async fn open(_url: &str, _key: KeySource) -> Result<Self, StoreError> {
        todo!()
    }
}
