//! Verification of the key when a database is opened, and recovery of an interrupted rotation.

use std::path::Path;

use secrecy::SecretString;
use sqlx::{AnyConnection, AnyPool};

use crate::{
    KeySource, StoreError,
    backend::Backend,
    key::{self, Key},
    keyring::{self, CHECK},
    seal::{Sealed, Sealer},
    transaction::Transaction,
};

/// Loads the key and verifies it with `seal_check`, which contains a known text sealed with the
/// first key.
pub(crate) async fn unlock(
    pool: &AnyPool,
    backend: Backend,
    source: &KeySource,
) -> Result<Sealer, StoreError> {
    let known = keyring::known(&mut *pool.acquire().await?).await?;
    let Some(known) = known else {
        return first(pool, source).await;
    };
    match source {
        KeySource::File(path) if key::beside(path).exists() => {
            let mut transaction = Transaction::begin(pool, backend).await?;
            let key = recover_rotation(&mut transaction, path).await?;
            transaction.commit().await?;
            Ok(Sealer::new(&key))
        }
        _ => verify(&source.load(false)?, &known),
    }
}

/// Stores the first key of a new database.
async fn first(pool: &AnyPool, source: &KeySource) -> Result<Sealer, StoreError> {
    let key = source.load(true)?;
    let first = Sealer::new(&key).seal(&SecretString::from("mailgrant"), &CHECK)?;
    sqlx::query("INSERT INTO seal_check (id, sealed) VALUES (1, $1) ON CONFLICT DO NOTHING")
        .bind(first.0.as_str())
        .execute(pool)
        .await?;
    // Another server may have been faster.
    let known = keyring::known(&mut *pool.acquire().await?).await?;
    verify(&key, &known.unwrap_or(first))
}

fn verify(key: &Key, known: &Sealed) -> Result<Sealer, StoreError> {
    let sealer = Sealer::new(key);
    match sealer.open(known, &CHECK) {
        Ok(_) => Ok(sealer),
        Err(_) => Err(StoreError::WrongKey),
    }
}

/// Determines whether a key file or the one that a rotation puts next to it has the key in force,
/// and keeps only that one: a committed rotation is finished, an uncommitted one is dropped.
/// `seal_check` is held until the transaction ends, so no other process does this or rotates
/// meanwhile. If neither file has the key in force, both stay.
///
/// # Errors
/// `Database`; `WrongKey` and every error about the key file, if no file has the key.
pub(crate) async fn recover_rotation(
    transaction: &mut AnyConnection,
    path: &Path,
) -> Result<Key, StoreError> {
    let known = keyring::hold(transaction).await?;
    let beside = key::beside(path);
    let in_place = key::read(path).and_then(|key| verify(&key, &known).map(|_| key));
    let in_place = match in_place {
        Ok(key) => {
            if key::remove(&beside)? {
                tracing::warn!(
                    file = %beside.display(),
                    "key of an interrupted rotation deleted"
                );
            }
            return Ok(key);
        }
        Err(error) => error,
    };
    match key::read(&beside) {
        Ok(key) if verify(&key, &known).is_ok() => {
            key::replace(&beside, path)?;
            tracing::info!(file = %path.display(), "key rotation completed");
            Ok(key)
        }
        _ => Err(in_place),
    }
}
