//! Tables `audit` and `audit_head`: a tamper-evident log of events.
//!
//! Each row contains the hash of the previous row. Its own hash is an HMAC under a random key that
//! is sealed in the database. The head records the end of the chain under the same key.
//! Verification therefore detects rows that were changed, removed, or moved, and a truncated end.
//! It does not detect an audit that was restored to an earlier state together with its head, or
//! changes by someone who has both the database and the sealing key. Store an export or the hash of
//! the last entry elsewhere to detect these.

use std::sync::Arc;

use domain::AuditRecord;
use secrecy::{ExposeSecret, SecretString};
use sqlx::AnyConnection;

use crate::{
    Store, StoreError,
    integrity::{Manifest, ManifestChange},
    keyring::{self, CHECK},
    row::Table,
    seal::{Cell, Sealed, Sealer},
};

mod chain;
mod read;
mod row;
mod rows;
mod verify;

pub use verify::{AuditBreak, AuditVerdict};

use chain::{AuditKey, BROKEN};
use row::Row;

const HEAD: Table = Table("audit_head");

/// Cell of the sealed HMAC key.
pub(crate) const KEY: Cell = Cell::new(HEAD.0, "sealed_key", "1");

/// Known text of `seal_check` once the audit has a key.
const KEY_EXISTS: &str = "mailgrant, with an audit";

/// The end of the chain.
#[derive(sqlx::FromRow)]
pub(crate) struct Head {
    pub(crate) sealed_key: Option<String>,
    sequence: i64,
    hash: String,
    mac: String,
    manifest: String,
}

impl Head {
    fn holds(&self, key: &AuditKey) -> bool {
        key.is_head(self.sequence, &self.hash, &self.manifest, &self.mac)
    }
}

/// Columns of [`HeadSnapshot`], from `audit_head h`.
macro_rules! head_columns {
    () => {
        "h.sealed_key, h.sequence, h.hash, h.mac, h.manifest,
         (SELECT n.sequence FROM audit n WHERE n.sequence = h.sequence + 1) AS next_entry"
    };
}
pub(crate) use head_columns;

/// The head as one statement reads it, with the entry after it. That entry exists only if the head
/// was restored to an earlier state.
#[derive(sqlx::FromRow)]
pub(crate) struct HeadSnapshot {
    #[sqlx(flatten)]
    pub(crate) head: Head,
    next_entry: Option<i64>,
}

impl HeadSnapshot {
    /// Returns the manifest. `None` if the head was changed, removed, or is older than the entries.
    pub(crate) fn manifest(&self, sealer: &Sealer) -> Result<Option<Manifest>, StoreError> {
        let Some(key) = &self.head.sealed_key else {
            return Ok(None);
        };
        let key = AuditKey::opened(sealer.open(&Sealed(key.clone()), &KEY)?);
        if !self.head.holds(&key) || self.next_entry.is_some() {
            return Ok(None);
        }
        Manifest::parse(&self.head.manifest).map(Some)
    }
}

/// Reads the head.
pub(crate) async fn read_head(connection: &mut AnyConnection) -> Result<HeadSnapshot, StoreError> {
    let sql = concat!(
        "SELECT ",
        head_columns!(),
        " FROM audit_head h WHERE h.id = 1"
    );
    let seen = sqlx::query_as(sql).fetch_optional(connection).await?;
    HEAD.needed("id", seen)
}

/// Locks the head until the end of the transaction and returns it.
async fn lock_head(connection: &mut AnyConnection) -> Result<Head, StoreError> {
    let head: Vec<Head> = sqlx::query_as(
        "UPDATE audit_head SET sequence = sequence WHERE id = 1
         RETURNING sealed_key, sequence, hash, mac, manifest",
    )
    .fetch_all(connection)
    .await?;
    HEAD.needed("id", head.into_iter().next())
}

impl Store {
    /// Returns the number of the last entry of the audit. It grows with each change that is
    /// audited, and never otherwise.
    ///
    /// # Errors
    /// `Database`.
    pub async fn audit_sequence(&self) -> Result<i64, StoreError> {
        let sql = "SELECT sequence FROM audit_head WHERE id = 1";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.pool).await?)
    }

    /// Appends an entry in the transaction of the event that it records. The head stays locked
    /// until the transaction ends. Call this last before the commit to avoid deadlocks.
    ///
    /// A chain that was tampered with is continued, so tampering cannot stop the server. The new
    /// entry marks the break, and verification reports it permanently.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Unsealable`, `KeyRotated`.
    pub(crate) async fn append(
        &self,
        connection: &mut AnyConnection,
        record: &AuditRecord,
    ) -> Result<(), StoreError> {
        let unchanged = ManifestChange::default();
        self.append_with(connection, record, &unchanged).await
    }

    /// Appends an entry for a transaction that changed rows which decide access.
    ///
    /// After a break nothing proves which rows are in force, so all earlier rows become invalid.
    ///
    /// # Errors
    /// Those of `append`.
    pub(crate) async fn append_with(
        &self,
        connection: &mut AnyConnection,
        record: &AuditRecord,
        change: &ManifestChange,
    ) -> Result<(), StoreError> {
        let before = self.keyring.current();
        let head = lock_head(&mut *connection).await?;
        let key = self.audit_key(connection, before, &head).await?;
        let (mut row, mut manifest) = (None, head.manifest.clone());
        if head.holds(&key) {
            row = next(connection, &key, head.sequence, head.hash, record).await?;
        }
        if row.is_none() {
            let last: Option<i64> = sqlx::query_scalar("SELECT MAX(sequence) FROM audit")
                .fetch_one(&mut *connection)
                .await?;
            row = next(connection, &key, last.unwrap_or(0), BROKEN.into(), record).await?;
            manifest = String::new();
            tracing::error!(
                "audit log was changed outside of Mailgrant; earlier accounts, sessions, links, and API keys are invalid"
            );
        }
        let row = HEAD.needed("sequence", row)?;
        if !change.is_empty() {
            manifest = changed(connection, &manifest, change).await?;
        }
        write_head(connection, &key, row.sequence, &row.hash, &manifest).await
    }

    /// Changes the manifest without an audit entry, for changes that the audit does not record.
    /// Returns false if the head was tampered with. The next entry marks that break.
    pub(crate) async fn change_manifest(
        &self,
        connection: &mut AnyConnection,
        change: &ManifestChange,
    ) -> Result<bool, StoreError> {
        let before = self.keyring.current();
        let head = lock_head(&mut *connection).await?;
        let key = self.audit_key(connection, before, &head).await?;
        if !head.holds(&key) {
            return Ok(false);
        }
        let manifest = changed(connection, &head.manifest, change).await?;
        write_head(connection, &key, head.sequence, &head.hash, &manifest).await?;
        Ok(true)
    }

    /// Records an event that changes no other data.
    ///
    /// # Errors
    /// Those of `append`.
    pub async fn record(&self, record: &AuditRecord) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        self.append(&mut transaction, record).await?;
        transaction.commit().await
    }

    /// Returns a keyed hash of a value that must not be readable, or guessable, from the database
    /// alone.
    pub(crate) async fn keyed_hash(
        &self,
        connection: &mut AnyConnection,
        text: &str,
    ) -> Result<String, StoreError> {
        let before = self.keyring.current();
        let head: Head = sqlx::query_as(
            "SELECT sealed_key, sequence, hash, mac, manifest FROM audit_head WHERE id = 1",
        )
        .fetch_one(&mut *connection)
        .await?;
        let key = self.audit_key(connection, before, &head).await?;
        Ok(key.keyed_hash(text))
    }

    /// Unseals the HMAC key. `before` is the key in force before the head was read
    /// ([`Store::key_of`]).
    async fn audit_key(
        &self,
        connection: &mut AnyConnection,
        before: Arc<Sealer>,
        head: &Head,
    ) -> Result<AuditKey, StoreError> {
        let key = Sealed(HEAD.needed("sealed_key", head.sealed_key.clone())?);
        let sealer = self.key_of(connection, before, &key).await?;
        Ok(AuditKey::opened(sealer.open(&key, &KEY)?))
    }

    /// Creates the HMAC key once per database. The text of `seal_check` records that it exists and
    /// cannot be forged, so deleting the audit and its key does not produce a new key.
    pub(crate) async fn create_audit_key(&self) -> Result<(), StoreError> {
        let exists = |sealer: &Sealer, known: &Sealed| {
            let text = sealer.open(known, &CHECK)?;
            Ok::<_, StoreError>(text.expose_secret() == KEY_EXISTS)
        };
        let before = self.keyring.current();
        let known = keyring::known(&mut *self.pool.acquire().await?).await?;
        if known.is_some_and(|known| exists(&before, &known).unwrap_or(false)) {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        let known = keyring::hold(&mut transaction).await?;
        let sealer = self.keyring.of(&known)?;
        if exists(&sealer, &known)? {
            return Ok(());
        }
        let key = AuditKey::generate()?;
        sqlx::query("UPDATE audit_head SET sealed_key = $1, mac = $2 WHERE id = 1")
            .bind(sealer.seal(key.text(), &KEY)?.0)
            .bind(key.head(0, "", ""))
            .execute(&mut *transaction)
            .await?;
        keyring::write(&mut transaction, &sealer, &SecretString::from(KEY_EXISTS)).await?;
        transaction.commit().await
    }
}

/// Returns the sealed HMAC key.
pub(crate) async fn sealed_key(connection: &mut AnyConnection) -> Result<Sealed, StoreError> {
    let key: Option<Option<String>> =
        sqlx::query_scalar("SELECT sealed_key FROM audit_head WHERE id = 1")
            .fetch_optional(connection)
            .await?;
    HEAD.needed("sealed_key", key.flatten().map(Sealed))
}

/// Stores the HMAC key after it was sealed with the new key.
pub(crate) async fn store_sealed_key(
    connection: &mut AnyConnection,
    sealed: &Sealed,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE audit_head SET sealed_key = $1 WHERE id = 1")
        .bind(sealed.0.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns the text of the manifest after a change.
async fn changed(
    connection: &mut AnyConnection,
    manifest: &str,
    change: &ManifestChange,
) -> Result<String, StoreError> {
    let mut manifest = Manifest::parse(manifest)?;
    manifest.apply(connection, change).await?;
    manifest.text()
}

async fn write_head(
    connection: &mut AnyConnection,
    key: &AuditKey,
    sequence: i64,
    hash: &str,
    manifest: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE audit_head SET sequence = $1, hash = $2, manifest = $3, mac = $4 WHERE id = 1",
    )
    .bind(sequence)
    .bind(hash)
    .bind(manifest)
    .bind(key.head(sequence, hash, manifest))
    .execute(connection)
    .await?;
    Ok(())
}

/// Appends the row after `last`. Returns `None` if that sequence exists already.
async fn next(
    connection: &mut AnyConnection,
    key: &AuditKey,
    last: i64,
    previous: String,
    record: &AuditRecord,
) -> Result<Option<Row>, StoreError> {
    let sequence = HEAD.needed("sequence", last.checked_add(1))?;
    let mut row = Row::new(sequence, previous, record)?;
    row.hash = key.hash(&row);
    Ok(row.insert(connection).await?.then_some(row))
}
