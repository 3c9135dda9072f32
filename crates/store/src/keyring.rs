//! The key in force, which a rotation by another process can replace at any time.
//!
//! What is sealed is sealed in a transaction that holds `seal_check`, and with the key that `seal_check` is sealed
//! with then. So a server that still has the replaced key never writes a value with it: it loads the new one from
//! where the old one came from, or refuses.

use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;
use sqlx::AnyConnection;

use crate::{
    KeySource, Store, StoreError,
    connect::Backend,
    row::Table,
    seal::{Cell, Sealed, Sealer},
};

const TABLE: Table = Table("seal_check");

/// Where the known text is.
pub(crate) const CHECK: Cell = Cell::new(TABLE.0, "sealed", "1");

/// The key in force in this process, and where a newer one is found.
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

    /// The key that `known`, the text of `seal_check`, is sealed with: the one in force, or a newer one.
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
        tracing::info!(
            key = newer.id(),
            "the sealing key was rotated; the new one is used from now on"
        );
        self.replace(Arc::clone(&newer));
        Ok(newer)
    }
}

/// The sealed text of `seal_check`; `None` while nothing has been sealed in this database.
pub(crate) async fn known(connection: &mut AnyConnection) -> Result<Option<Sealed>, StoreError> {
    let sealed: Option<String> = sqlx::query_scalar("SELECT sealed FROM seal_check WHERE id = 1")
        .fetch_optional(connection)
        .await?;
    Ok(sealed.map(Sealed))
}

/// The sealed text of `seal_check`, held until the transaction ends against everybody else who seals or rotates.
pub(crate) async fn hold(connection: &mut AnyConnection) -> Result<Sealed, StoreError> {
    let sealed: Vec<String> =
        sqlx::query_scalar("UPDATE seal_check SET sealed = sealed WHERE id = 1 RETURNING sealed")
            .fetch_all(connection)
            .await?;
    TABLE.needed("sealed", sealed.into_iter().next().map(Sealed))
}

/// Seals the known text with another key, or another text with the same key.
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

impl Store {
    /// The key to seal and to open with in this transaction; no rotation comes between until it ends. To be called
    /// before a sealed value is written or read, and after the data center is locked.
    pub(crate) async fn hold_key(
        &self,
        connection: &mut AnyConnection,
    ) -> Result<Arc<Sealer>, StoreError> {
        let known = match self.backend {
            // Any number of transactions may hold it so at once; a rotation waits for them, and they for it.
            Backend::Postgres => {
                let sealed: Option<String> =
                    sqlx::query_scalar("SELECT sealed FROM seal_check WHERE id = 1 FOR SHARE")
                        .fetch_optional(connection)
                        .await?;
                TABLE.needed("sealed", sealed.map(Sealed))?
            }
            // One writes at a time there anyway.
            Backend::SqliteFile | Backend::SqliteMemory => hold(connection).await?,
        };
        self.keyring.of(&known)
    }

    /// The key for a sealed value that was read without [`Store::hold_key`]. `before` was the key in force before it was
    /// read: when it is not the value's, the value is newer, and so is the key that `seal_check` tells of now.
    pub(crate) async fn key_of(
        &self,
        connection: &mut AnyConnection,
        before: Arc<Sealer>,
        sealed: &Sealed,
    ) -> Result<Arc<Sealer>, StoreError> {
        if before.has_sealed(sealed) {
            return Ok(before);
        }
        match known(connection).await? {
            Some(known) => self.keyring.of(&known),
            None => Ok(before),
        }
    }
}
