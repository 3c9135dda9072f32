//! Tables `audit` and `audit_head`: what happened, in a chain that nobody can change with the database alone.
//!
//! Each row carries the hash of the row before it, and its own hash is an HMAC under a random key that is sealed in
//! the database. The head says, under the same key, where the chain ends. So a row that was changed, removed or put
//! elsewhere is found, and also an end that was cut off. Not found is an audit that was put back to an earlier state
//! as a whole, with its head, nor what somebody does who has the sealing key besides the database: for that, keep an
//! export or the hash of the last entry elsewhere.

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
mod verify;

pub use verify::{AuditBreak, AuditVerdict};

use chain::{AuditKey, BROKEN};
use row::Row;

const HEAD: Table = Table("audit_head");

/// Where the key of the hashes is.
pub(crate) const KEY: Cell = Cell::new(HEAD.0, "sealed_key", "1");

/// The text of `seal_check` once the audit has a key.
const BEGUN: &str = "mailgrant, with an audit";

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

/// The columns of [`SeenHead`], of `audit_head h`.
macro_rules! head_columns {
    () => {
        "h.sealed_key, h.sequence, h.hash, h.mac, h.manifest,
         (SELECT n.sequence FROM audit n WHERE n.sequence = h.sequence + 1) AS next_entry"
    };
}
pub(crate) use head_columns;

/// The head as one statement reads it, with the entry after it, which there is only when the head was put back.
#[derive(sqlx::FromRow)]
pub(crate) struct SeenHead {
    #[sqlx(flatten)]
    pub(crate) head: Head,
    next_entry: Option<i64>,
}

impl SeenHead {
    /// The manifest; `None` when the head was changed, removed, or put back to an earlier state than the entries.
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
pub(crate) async fn see(connection: &mut AnyConnection) -> Result<SeenHead, StoreError> {
    let sql = concat!(
        "SELECT ",
        head_columns!(),
        " FROM audit_head h WHERE h.id = 1"
    );
    let seen = sqlx::query_as(sql).fetch_optional(connection).await?;
    HEAD.needed("id", seen)
}

/// Reads the head and holds it until the end of the transaction.
async fn hold(connection: &mut AnyConnection) -> Result<Head, StoreError> {
    let head: Vec<Head> = sqlx::query_as(
        "UPDATE audit_head SET sequence = sequence WHERE id = 1
         RETURNING sealed_key, sequence, hash, mac, manifest",
    )
    .fetch_all(connection)
    .await?;
    HEAD.needed("id", head.into_iter().next())
}

impl Store {
    /// Appends to the audit, in the transaction of what is recorded. Writers take turns from here to the end of the
    /// transaction, so this is the last that a transaction does before its commit: nothing can wait for one another
    /// in a circle then.
    ///
    /// A chain that was tampered with is gone on with, so that nobody can stop Mailgrant by that; but the new entry
    /// tells of the break, and verifying finds it for good.
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

    /// Does the same for a transaction that changed rows which decide access.
    ///
    /// After a break nothing proves which rows are in force, so none of those from before is any more.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub(crate) async fn append_with(
        &self,
        connection: &mut AnyConnection,
        record: &AuditRecord,
        change: &ManifestChange,
    ) -> Result<(), StoreError> {
        let before = self.keyring.current();
        let head = hold(&mut *connection).await?;
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
                "the audit was changed from outside; accounts, sessions, links and API keys from before are invalid"
            );
        }
        let row = HEAD.needed("sequence", row)?;
        if !change.is_empty() {
            manifest = changed(connection, &manifest, change).await?;
        }
        write_head(connection, &key, row.sequence, &row.hash, &manifest).await
    }

    /// Changes the manifest without an entry, for what the audit does not record. `false` when the head was changed from
    /// outside; the next entry tells of that.
    pub(crate) async fn change_manifest(
        &self,
        connection: &mut AnyConnection,
        change: &ManifestChange,
    ) -> Result<bool, StoreError> {
        let before = self.keyring.current();
        let head = hold(&mut *connection).await?;
        let key = self.audit_key(connection, before, &head).await?;
        if !head.holds(&key) {
            return Ok(false);
        }
        let manifest = changed(connection, &head.manifest, change).await?;
        write_head(connection, &key, head.sequence, &head.hash, &manifest).await?;
        Ok(true)
    }

    /// Records something that changes nothing else.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub async fn record(&self, record: &AuditRecord) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        self.append(&mut transaction, record).await?;
        transaction.commit().await
    }

    /// A hash of what must neither be read from the database nor be guessed with the database alone.
    pub(crate) async fn blind(
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
        Ok(key.blind(text))
    }

    /// `before` is the key in force before the head was read ([`Store::key_of`]).
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

    /// Makes the key of the hashes, once in the life of a database: the text of `seal_check` tells that it was made.
    /// Who empties the audit and takes its key away does not get a new one, because that text cannot be forged.
    pub(crate) async fn begin_audit(&self) -> Result<(), StoreError> {
        let begun = |sealer: &Sealer, known: &Sealed| {
            let text = sealer.open(known, &CHECK)?;
            Ok::<_, StoreError>(text.expose_secret() == BEGUN)
        };
        let before = self.keyring.current();
        let known = keyring::known(&mut *self.pool.acquire().await?).await?;
        if known.is_some_and(|known| begun(&before, &known).unwrap_or(false)) {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        let known = keyring::hold(&mut transaction).await?;
        let sealer = self.keyring.of(&known)?;
        if begun(&sealer, &known)? {
            return Ok(());
        }
        let key = AuditKey::generate()?;
        sqlx::query("UPDATE audit_head SET sealed_key = $1, mac = $2 WHERE id = 1")
            .bind(sealer.seal(key.text(), &KEY)?.0)
            .bind(key.head(0, "", ""))
            .execute(&mut *transaction)
            .await?;
        keyring::write(&mut transaction, &sealer, &SecretString::from(BEGUN)).await?;
        transaction.commit().await
    }
}

/// The sealed key of the hashes.
pub(crate) async fn sealed_key(connection: &mut AnyConnection) -> Result<Sealed, StoreError> {
    let key: Option<Option<String>> =
        sqlx::query_scalar("SELECT sealed_key FROM audit_head WHERE id = 1")
            .fetch_optional(connection)
            .await?;
    HEAD.needed("sealed_key", key.flatten().map(Sealed))
}

/// Puts the key of the hashes, sealed anew, in its place.
pub(crate) async fn keep_sealed_key(
    connection: &mut AnyConnection,
    sealed: &Sealed,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE audit_head SET sealed_key = $1 WHERE id = 1")
        .bind(sealed.0.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// The text of the manifest after a change.
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

/// The row after `last`; `None` when there is one already.
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
