//! Tables `audit` and `audit_head`: what happened, in a chain that nobody can change with the database alone.
//!
//! Each row carries the hash of the row before it, and its own hash is an HMAC under a random key that is sealed in
//! the database. The head says, under the same key, where the chain ends. So a row that was changed, removed or put
//! elsewhere is found, and also an end that was cut off. Not found is a whole database put back to an earlier state,
//! nor what somebody does who has the sealing key besides the database: for that, keep an export or the hash of the
//! last entry elsewhere.

use domain::AuditRecord;
use sqlx::AnyConnection;

use crate::{
    Store, StoreError,
    row::Table,
    seal::{Cell, Sealed},
};

mod chain;
mod row;

use chain::{AuditKey, BROKEN};
use row::Row;

const HEAD: Table = Table("audit_head");

/// Where the key of the hashes is.
const KEY: Cell = Cell {
    table: HEAD.0,
    column: "sealed_key",
    row: "1",
};

/// The end of the chain.
#[derive(sqlx::FromRow)]
struct Head {
    sealed_key: Option<String>,
    sequence: i64,
    hash: String,
    mac: String,
}

impl Head {
    fn holds(&self, key: &AuditKey) -> bool {
        key.head(self.sequence, &self.hash) == self.mac
    }
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
        let head: Vec<Head> = sqlx::query_as(
            "UPDATE audit_head SET sequence = sequence WHERE id = 1
             RETURNING sealed_key, sequence, hash, mac",
        )
        .fetch_all(&mut *connection)
        .await?;
        let head = HEAD.needed("id", head.into_iter().next())?;
        let key = self.audit_key(connection, &head).await?;
        let mut row = None;
        if head.holds(&key) {
            row = next(connection, &key, head.sequence, head.hash, record).await?;
        }
        if row.is_none() {
            let last: Option<i64> = sqlx::query_scalar("SELECT MAX(sequence) FROM audit")
                .fetch_one(&mut *connection)
                .await?;
            row = next(connection, &key, last.unwrap_or(0), BROKEN.into(), record).await?;
        }
        let row = HEAD.needed("sequence", row)?;
        sqlx::query("UPDATE audit_head SET sequence = $1, hash = $2, mac = $3 WHERE id = 1")
            .bind(row.sequence)
            .bind(row.hash.as_str())
            .bind(key.head(row.sequence, &row.hash))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Records something that changes nothing else.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub async fn record(&self, record: &AuditRecord) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        self.append(&mut transaction, record).await?;
        Ok(transaction.commit().await?)
    }

    async fn audit_key(
        &self,
        _connection: &mut AnyConnection,
        head: &Head,
    ) -> Result<AuditKey, StoreError> {
        let sealed = Sealed(HEAD.needed("sealed_key", head.sealed_key.clone())?);
        Ok(AuditKey::opened(self.open_sealed(&sealed, KEY)?))
    }

    /// Makes the key of the hashes when there is none yet.
    pub(crate) async fn begin_audit(&self) -> Result<(), StoreError> {
        let key = AuditKey::generate()?;
        sqlx::query(
            "UPDATE audit_head SET sealed_key = $1, mac = $2 WHERE id = 1 AND sealed_key IS NULL",
        )
        .bind(self.seal(key.text(), KEY)?.0)
        .bind(key.head(0, ""))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
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
