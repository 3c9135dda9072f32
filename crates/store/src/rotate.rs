//! Rotation of the sealing key: everything that is sealed is sealed anew, in one transaction.
//!
//! The new key is on the disk, beside the old one (`<path>.new`), before the transaction is committed, and takes the place
//! of the old one afterwards. Wherever that is interrupted, [`settle`] finds at the next start which of the two opens
//! `seal_check`, and finishes the rotation or drops the new key. Everything that touches the two files holds
//! `seal_check`, so that of many processes one does it.
//!
//! The old key is gone afterwards. A backup made before the rotation opens only with it: whoever keeps such backups has
//! to keep a copy of the old key with them.

use std::path::{Path, PathBuf};

use domain::{Actor, AuditAction, AuditRecord, Change, UnixTime};

use crate::{
    KeySource, Store, StoreError, key,
    keyring::{self, CHECK},
    seal::Sealer,
    unlock::settle,
};

mod reseal;

use reseal::Reseal;
pub(crate) use reseal::Resealing;

/// The key was rotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The file with the new key.
    pub key_file: PathBuf,
    /// Whether the new key is where the old one was. Otherwise the configuration has to name the file from now on.
    pub in_place: bool,
    /// How many secrets were sealed anew.
    pub secrets: usize,
}

impl Store {
    /// Seals everything under a new key, in one transaction, and records it in the audit. The new key is made, or
    /// read from `new_key_file` where that is there already. Without `new_key_file` it takes the place of the key
    /// file in use.
    ///
    /// # Errors
    /// `NewKeyFileMissing` without `new_key_file` when the key in use is not in a file; `SameKey`; `NotResealed`;
    /// everything about key files and the database. The old key stays in force after all of them but `KeyNotInPlace`.
    pub async fn rotate_key(
        &self,
        new_key_file: Option<&Path>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<Rotated, StoreError> {
        let place = match (&self.keyring.source, new_key_file) {
            (_, Some(file)) => Place::Named(file),
            (KeySource::File(path), None) => Place::Same(path),
            (KeySource::Value(_), None) => return Err(StoreError::NewKeyFileMissing),
        };
        let (new, secrets) = self.reseal(&place, by, now).await?;
        self.keyring.replace(new.into());
        let key_file = match place {
            Place::Named(file) => file.to_owned(),
            Place::Same(path) => {
                self.put_in_place(path)
                    .await
                    .map_err(|error| StoreError::KeyNotInPlace {
                        path: key::beside(path),
                        source: Box::new(error),
                    })?;
                path.clone()
            }
        };
        // If somebody else reads, this is done later.
        if let Err(error) = self.truncate_log().await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "the log of the database could not be emptied");
        }
        Ok(Rotated {
            key_file,
            in_place: matches!(place, Place::Same(_)),
            secrets,
        })
    }

    /// The one transaction. The new key, and how many secrets are sealed with it.
    async fn reseal(
        &self,
        place: &Place<'_>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<(Sealer, usize), StoreError> {
        let mut transaction = self.begin().await?;
        let known = keyring::hold(&mut transaction).await?;
        let new = match place {
            Place::Named(file) => KeySource::File((*file).into()).load(true)?,
            Place::Same(path) => {
                settle(&mut transaction, path).await?;
                key::make_and_read(&key::beside(path))?
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
        reseal.prove_that_nothing_is_left(&mut transaction).await?;
        transaction.commit().await?;
        tracing::info!(
            old = old.id(),
            new = new.id(),
            secrets,
            "sealing key rotated"
        );
        Ok((new, secrets))
    }

    async fn put_in_place(&self, path: &Path) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        settle(&mut transaction, path).await?;
        transaction.commit().await
    }
}

/// Where the new key will be.
enum Place<'a> {
    /// In a file that was named.
    Named(&'a Path),
    /// Where the old one is.
    Same(&'a PathBuf),
}
