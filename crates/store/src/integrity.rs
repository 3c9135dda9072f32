//! Protection of rows that decide access against someone who can write to the database but has no
//! key.
//!
//! Two proofs make a row valid. Its MAC covers the table, the primary key, the version, and every
//! column that decides access, so no row can be added, changed, or exchanged with another one. The
//! [`Manifest`] lists the version of each current row, so an older or removed row cannot be
//! restored. The manifest is part of the audit's head, whose MAC also covers the end of the audit.
//! Restoring an older manifest therefore requires removing the last entries of the audit.
//!
//! A row that is not valid counts as absent. To protect another table, implement [`Protected`],
//! write [`mac_of`] with each row, check [`Integrity::holds`] at each use, and add a line to
//! [`reseal::reseal`] and to [`verify`](Store::verify_rows).

use std::{borrow::Cow, sync::Arc};

use sqlx::AnyConnection;

use crate::{
    Store, StoreError,
    audit::{self, HeadSnapshot},
    mac::MacKey,
    seal::{Sealed, Sealer},
};

mod manifest;
mod rejections;
pub(crate) mod reseal;
mod verify;

pub(crate) use manifest::{Manifest, ManifestChange};
pub(crate) use rejections::Rejections;
pub use verify::{RowFault, TamperedRow};

/// Purpose from which the key for row MACs is derived.
const PURPOSE: &str = "rows";

/// A row that decides access.
pub(crate) trait Protected {
    const TABLE: &'static str;
    /// True if the manifest lists the rows of this table.
    const LISTED: bool;
    /// True if expired rows are removed without a change of the manifest.
    const EXPIRES: bool = false;

    /// Returns the primary key.
    fn id(&self) -> &str;

    /// Returns the version, which grows with each change of the row.
    fn version(&self) -> i64 {
        1
    }

    fn mac(&self) -> &str;

    /// Returns every column that decides access, always in the same order.
    fn columns(&self) -> Vec<Option<Cow<'_, str>>>;
}

/// Returns the MAC to store with a row.
pub(crate) fn mac_of<R: Protected>(sealer: &Sealer, row: &R) -> String {
    with_parts(row, |parts| sealer.mac_key(PURPOSE).mac(parts))
}

/// Returns true if the MAC of a row is correct. Does not check that the row is the current version.
pub(crate) fn is_authentic<R: Protected>(sealer: &Sealer, row: &R) -> bool {
    with_parts(row, |parts| {
        sealer.mac_key(PURPOSE).verifies(parts, row.mac())
    })
}

fn with_parts<R: Protected, T>(row: &R, use_parts: impl FnOnce(&[Option<&str>]) -> T) -> T {
    let (version, columns) = (row.version().to_string(), row.columns());
    let mut parts = vec![Some(R::TABLE), Some(row.id()), Some(version.as_str())];
    parts.extend(columns.iter().map(Option::as_deref));
    use_parts(&parts)
}

/// Encodes a text column that may be NULL.
pub(crate) fn text<'a>(value: impl Into<Option<&'a str>>) -> Option<Cow<'a, str>> {
    value.into().map(Cow::Borrowed)
}

/// Encodes a numeric column that may be NULL.
pub(crate) fn number(value: impl Into<Option<i64>>) -> Option<Cow<'static, str>> {
    value.into().map(|value| Cow::Owned(value.to_string()))
}

/// Verifies rows that were read together with the head of the audit.
pub(crate) struct Integrity {
    rows: MacKey,
    manifest: Manifest,
    rejections: Arc<Rejections>,
}

impl Integrity {
    /// Returns true if a row is authentic and current. Logs it otherwise.
    pub(crate) fn holds<R: Protected>(&self, row: &R) -> bool {
        match self.fault(row) {
            None => true,
            Some(fault) => {
                self.rejections.note(R::TABLE, fault);
                false
            }
        }
    }

    /// Returns the reason why a row is not valid.
    pub(crate) fn fault<R: Protected>(&self, row: &R) -> Option<RowFault> {
        if !with_parts(row, |parts| self.rows.verifies(parts, row.mac())) {
            return Some(RowFault::Changed);
        }
        let in_force = self.manifest.version(R::TABLE, row.id()) == Some(row.version());
        (R::LISTED && !in_force).then_some(RowFault::Replayed)
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

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
        if manifest.is_none() {
            self.rejections.note("audit_head", RowFault::Changed);
        }
        Ok(Integrity {
            rows: sealer.mac_key(PURPOSE),
            manifest: manifest.unwrap_or_default(),
            rejections: Arc::clone(&self.rejections),
        })
    }

    /// Returns the verifier for rows that this transaction has locked. They and their entries in
    /// the manifest cannot change until it ends. `sealer` comes from [`Store::hold_key`].
    pub(crate) async fn integrity_of_locked(
        &self,
        connection: &mut AnyConnection,
        sealer: &Arc<Sealer>,
    ) -> Result<Integrity, StoreError> {
        let seen = audit::read_head(&mut *connection).await?;
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
