//! Rotation of the sealing key: reseals everything in one transaction.
//!
//! The new key is stored next to the old one (`<path>.new`) before the transaction is committed,
//! and replaces the old one afterward. If this is interrupted at any point, [`recover_rotation`]
//! determines at the next start which of the two opens `seal_check`, and finishes the rotation or
//! deletes the new key. All code that accesses the two files holds `seal_check`, so only one
//! process does so at a time.
//!
//! The old key is deleted afterward. A backup made before the rotation opens only with the old key,
//! so a copy of the key must be kept with such backups.

use std::path::{Path, PathBuf};

use domain::{Actor, AuditAction, AuditRecord, Change, UnixTime};

use crate::{
    KeySource, Store, StoreError, key,
    keyring::{self, CHECK},
    seal::{Resealing, Sealer},
    unlock::recover_rotation,
};

mod macs;
mod reseal;

use reseal::Reseal;

/// Result of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// Path of the file with the new key.
    pub key_file: PathBuf,
    /// True if the new key replaced the old file. Otherwise the configuration has to name the new
    /// file from now on.
    pub in_place: bool,
    /// Number of resealed secrets.
    pub secrets: usize,
}

impl Store {
    /// Seals everything with a new key in one transaction, and records it in the audit. The new key
    /// is read from `new_key_file`, or created there if the file is missing. Without
    /// `new_key_file`, the new key replaces the key file in use.
    ///
    /// # Errors
    /// `NewKeyFileMissing` without `new_key_file` if the key in use is not in a file; `SameKey`;
    /// `NotResealed`; every error about key files and the database. The old key stays in force
    /// after all of them except `KeyNotInPlace`.
    pub async fn rotate_key(
        &self,
        new_key_file: Option<&Path>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<Rotated, StoreError> {
        let new_file = match (&self.keyring.source, new_key_file) {
            (_, Some(file)) => NewKeyFile::Named(file),
            (KeySource::File(path), None) => NewKeyFile::Same(path),
            (KeySource::Value(_), None) => return Err(StoreError::NewKeyFileMissing),
        };
        let (new, secrets) = self.reseal(&new_file, by, now).await?;
        self.keyring.replace(new.into());
        let key_file = match new_file {
            NewKeyFile::Named(file) => file.to_owned(),
            NewKeyFile::Same(path) => {
                self.install_key(path)
                    .await
                    .map_err(|error| StoreError::KeyNotInPlace {
                        path: key::beside(path),
                        source: Box::new(error),
                    })?;
                path.clone()
            }
        };
        // If a reader is in the way, the log is truncated later.
        if let Err(error) = self.truncate_log().await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "write-ahead log could not be truncated");
        }
        Ok(Rotated {
            key_file,
            in_place: matches!(new_file, NewKeyFile::Same(_)),
            secrets,
        })
    }

    /// Runs the transaction. Returns the new key and the number of resealed secrets.
    async fn reseal(
        &self,
        new_file: &NewKeyFile<'_>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<(Sealer, usize), StoreError> {
        let mut transaction = self.begin().await?;
        let known = keyring::hold(&mut transaction).await?;
        let new = match new_file {
            NewKeyFile::Named(file) => KeySource::File((*file).into()).load(true)?,
            NewKeyFile::Same(path) => {
                recover_rotation(&mut transaction, path).await?;
                key::create_and_read(&key::beside(path))?
            }
        };
        let (old, new) = (self.keyring.of(&known)?, Sealer::new(&new));
        if new.prefix() == old.prefix() {
            return Err(StoreError::SameKey);
        }
        let keys = Resealing {
            old: &old,
            new: &new,
        };
        let reseal = Reseal {
            backend: self.backend,
            keys,
        };
        let secrets = reseal.secrets(&mut transaction).await?;
        let record = AuditRecord {
            at: now,
            actor: by.clone(),
            action: AuditAction::SealingKeyRotated,
            subject: String::new(),
            changes: vec![Change::of("key_id", Some(old.id()), Some(new.id()))],
        };
        self.append(&mut transaction, &record).await?;
        reseal.audit_key(&mut transaction).await?;
        keyring::write(&mut transaction, &new, &old.open(&known, &CHECK)?).await?;
        reseal.verify_nothing_left(&mut transaction).await?;
        transaction.commit().await?;
        tracing::info!(
            old = old.id(),
            new = new.id(),
            secrets,
            "sealing key rotated"
        );
        Ok((new, secrets))
    }

    async fn install_key(&self, path: &Path) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        recover_rotation(&mut transaction, path).await?;
        transaction.commit().await
    }
}

/// Destination of the new key.
enum NewKeyFile<'a> {
    /// A file that the caller named.
    Named(&'a Path),
    /// The file of the old key.
    Same(&'a PathBuf),
}
