//! Verifiers for protected rows. The manifest in the head of the audit lists the current ones.

use std::sync::Arc;

use sqlx::AnyConnection;

use super::{HeadSnapshot, read_head};
use crate::{
    Store, StoreError,
    integrity::{Integrity, Protected, RowFault, is_authentic},
    seal::{Sealed, Sealer},
};

impl Store {
    /// Returns the verifier for rows that one statement read together with `seen`. `before` is the
    /// key in force before that statement ([`Store::key_of`]).
    pub(crate) async fn integrity(
        &self,
        connection: &mut AnyConnection,
        before: Arc<Sealer>,
        seen: &HeadSnapshot,
    ) -> Result<Integrity, StoreError> {
        let sealer = match &seen.head.sealed_key {
            Some(key) => {
                let key = Sealed(key.clone());
                self.key_of(&mut *connection, before, &key).await?
            }
            None => before,
        };
        let manifest = seen.manifest(&sealer)?;
        Ok(Integrity::new(&sealer, manifest, &self.rejections))
    }

    /// Returns the verifier for rows that this transaction has locked. They and their entries in
    /// the manifest cannot change until it ends. `sealer` comes from [`Store::hold_key`].
    pub(crate) async fn integrity_of_locked(
        &self,
        connection: &mut AnyConnection,
        sealer: &Arc<Sealer>,
    ) -> Result<Integrity, StoreError> {
        let seen = read_head(&mut *connection).await?;
        self.integrity(connection, Arc::clone(sealer), &seen).await
    }

    /// Returns true if the MAC of a row is correct, for a table that is not in the manifest.
    /// `before` is the key in force before the row was read.
    pub(crate) async fn is_authentic<R: Protected>(
        &self,
        connection: &mut AnyConnection,
        before: Arc<Sealer>,
        row: &R,
    ) -> Result<bool, StoreError> {
        let mac = Sealed(row.mac().to_owned());
        let sealer = self.key_of(connection, before, &mac).await?;
        let holds = is_authentic(&sealer, row);
        if !holds {
            self.rejections.note(R::TABLE, RowFault::Changed);
        }
        Ok(holds)
    }
}
