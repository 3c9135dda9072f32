//! The key in force, which a rotation by another process may replace at any time.
//!
//! Values are sealed in a transaction that holds `seal_check`, with the key that `seal_check` is
//! sealed with at that time. A server that still has the old key therefore never writes a value
//! with it. It loads the new key from the key source, or fails.

use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;
use sqlx::AnyConnection;

use crate::{
    KeySource, StoreError,
    backend::Backend,
    row::Table,
    seal::{Cell, Sealed, Sealer},
};

const TABLE: Table = Table("seal_check");

/// Cell of the known text.
pub(crate) const CHECK: Cell = Cell::new(TABLE.0, "sealed", "1");

/// The key in force in this process, and the source of a newer one.
pub(crate) struct Keyring {
    pub(crate) source: KeySource,
    current: RwLock<Arc<Sealer>>,
}

impl Keyring {
    pub(crate) fn new(source: KeySource, sealer: Sealer) -> Self {
        Self {
            source,
            current: RwLock::new(Arc::new(sealer)),
        }
    }

    pub(crate) fn current(&self) -> Arc<Sealer> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }

    pub(crate) fn replace(&self, sealer: Arc<Sealer>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = sealer;
    }

    /// Returns the key that `known`, the text of `seal_check`, is sealed with: the current key or a
    /// newer one.
    pub(crate) fn of(&self, known: &Sealed) -> Result<Arc<Sealer>, StoreError> {
        let current = self.current();
        if current.has_sealed(known) {
            return Ok(current);
        }
        let newer = self.source.keys().into_iter().map(|key| Sealer::new(&key));
        let newer = newer
            .filter(|sealer| sealer.open(known, &CHECK).is_ok())
            .map(Arc::new)
            .next()
            .ok_or(StoreError::KeyRotated)?;
        tracing::info!(key = newer.id(), "rotated sealing key loaded");
        self.replace(Arc::clone(&newer));
        Ok(newer)
    }
}

/// Returns the sealed text of `seal_check`. `None` if nothing has been sealed in this database.
pub(crate) async fn known(connection: &mut AnyConnection) -> Result<Option<Sealed>, StoreError> {
    let sealed: Option<String> = sqlx::query_scalar("SELECT sealed FROM seal_check WHERE id = 1")
        .fetch_optional(connection)
        .await?;
    Ok(sealed.map(Sealed))
}

/// Returns the sealed text of `seal_check` and locks it against sealing and rotation until the
/// transaction ends.
pub(crate) async fn hold(connection: &mut AnyConnection) -> Result<Sealed, StoreError> {
    let sealed: Vec<String> =
        sqlx::query_scalar("UPDATE seal_check SET sealed = sealed WHERE id = 1 RETURNING sealed")
            .fetch_all(connection)
            .await?;
    TABLE.needed("sealed", sealed.into_iter().next().map(Sealed))
}

/// Returns the sealed text of `seal_check` and locks it against rotation until the transaction ends.
pub(crate) async fn share(
    connection: &mut AnyConnection,
    backend: Backend,
) -> Result<Sealed, StoreError> {
    match backend {
        // Any number of transactions may share this lock. A rotation waits for them, and they wait
        // for it.
        Backend::Postgres => {
            let sealed: Option<String> =
                sqlx::query_scalar("SELECT sealed FROM seal_check WHERE id = 1 FOR SHARE")
                    .fetch_optional(connection)
                    .await?;
            TABLE.needed("sealed", sealed.map(Sealed))
        }
        // SQLite allows only one writer at a time.
        Backend::SqliteFile | Backend::SqliteMemory => hold(connection).await,
    }
}

/// Writes the known text sealed with another key, or another text sealed with the same key.
pub(crate) async fn write(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    text: &SecretString,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE seal_check SET sealed = $1 WHERE id = 1")
        .bind(sealer.seal(text, &CHECK)?.0)
        .execute(connection)
        .await?;
    Ok(())
}
