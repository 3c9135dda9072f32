//! Verification of the audit.

use std::ops::RangeInclusive;

use sqlx::AnyConnection;

use super::{
    Head, KEY,
    chain::{AuditKey, BROKEN},
    row::Row,
};
use crate::{Store, StoreError, seal::Sealed};

/// Rows per query.
const BATCH: i64 = 500;
/// Number of sequences to try for an entry that was moved.
const PLACES: usize = 100_000;

/// Result of verifying the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditVerdict {
    /// Every entry is unchanged and in its place.
    Intact {
        /// Number of entries.
        entries: i64,
        /// Hash of the last entry. A copy stored elsewhere shows later whether the whole audit was
        /// restored to an earlier state.
        hash: String,
    },
    /// The audit was tampered with.
    Broken {
        /// The first entry that is not as written.
        sequence: i64,
        /// The kind of tampering.
        wrong: AuditBreak,
    },
}

/// A kind of tampering with the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditBreak {
    /// An entry was changed or was written without the key.
    Changed,
    /// An entry is missing, and there are later ones.
    Missing,
    /// An entry was moved or does not follow the previous one.
    OutOfOrder,
    /// Entries are missing at the end.
    TailCut,
    /// The head was changed, removed, or restored to an earlier state, now or when this entry was
    /// written. Entries before it may be missing.
    HeadForged,
}

/// The chain up to an entry.
#[derive(Default)]
struct Chain {
    sequence: i64,
    hash: String,
}

impl Store {
    /// Verifies the hashes of all entries. Entries may be written concurrently.
    ///
    /// # Errors
    /// `Database`; `Unsealable` if the HMAC key does not open.
    pub async fn verify_audit(&self) -> Result<AuditVerdict, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let connection = &mut *connection;
        let before = self.keyring.current();
        let Some((places, key)) = head(connection)
            .await?
            .and_then(|head| Some((head.sequence, Sealed(head.sealed_key?))))
        else {
            return Ok(broken(1, AuditBreak::HeadForged));
        };
        let sealer = self.key_of(connection, before, &key).await?;
        let key = AuditKey::opened(sealer.open(&key, &KEY)?);
        let mut chain = Chain::default();
        let mut after = i64::MIN;
        loop {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT * FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            )
            .bind(after)
            .bind(BATCH)
            .fetch_all(&mut *connection)
            .await?;
            if rows.is_empty()
                && let Some(verdict) = chain.end(connection, &key).await?
            {
                return Ok(verdict);
            }
            for row in rows {
                match chain.advance(&key, &row) {
                    Ok(()) => after = row.sequence,
                    Err(AuditBreak::Missing) => {
                        return Ok(broken(chain.sequence + 1, AuditBreak::Missing));
                    }
                    Err(AuditBreak::Changed) if was_written_in(1..=places, &key, &row) => {
                        return Ok(broken(row.sequence, AuditBreak::OutOfOrder));
                    }
                    Err(wrong) => return Ok(broken(row.sequence, wrong)),
                }
            }
        }
    }
}

fn broken(sequence: i64, wrong: AuditBreak) -> AuditVerdict {
    AuditVerdict::Broken { sequence, wrong }
}

impl Chain {
    /// Advances to the next row.
    fn advance(&mut self, key: &AuditKey, row: &Row) -> Result<(), AuditBreak> {
        if row.sequence > self.sequence + 1 {
            return Err(AuditBreak::Missing);
        }
        if row.sequence <= self.sequence || !row.folds() || key.hash(row) != row.hash {
            return Err(AuditBreak::Changed);
        }
        if row.previous == BROKEN {
            return Err(AuditBreak::HeadForged);
        }
        if row.previous != self.hash {
            return Err(AuditBreak::OutOfOrder);
        }
        self.sequence = row.sequence;
        self.hash.clone_from(&row.hash);
        Ok(())
    }

    /// Compares the last row with the head. Returns `None` if rows were added meanwhile.
    async fn end(
        &self,
        connection: &mut AnyConnection,
        key: &AuditKey,
    ) -> Result<Option<AuditVerdict>, StoreError> {
        // Read after the rows, so the head is not older than any of them.
        let head = head(connection).await?.filter(|head| head.holds(key));
        let Some(head) = head.filter(|head| head.sequence >= self.sequence) else {
            let last = self.sequence.max(1);
            return Ok(Some(broken(last, AuditBreak::HeadForged)));
        };
        if head.sequence == self.sequence {
            return Ok(Some(if head.hash == self.hash {
                AuditVerdict::Intact {
                    entries: self.sequence,
                    hash: self.hash.clone(),
                }
            } else {
                broken(self.sequence, AuditBreak::HeadForged)
            }));
        }
        let next: Option<i64> =
            sqlx::query_scalar("SELECT sequence FROM audit WHERE sequence > $1")
                .bind(self.sequence)
                .fetch_optional(connection)
                .await?;
        Ok(match next {
            Some(_) => None,
            None => Some(broken(self.sequence + 1, AuditBreak::TailCut)),
        })
    }
}

/// Returns true if an entry is authentic under one of these sequences.
fn was_written_in(places: RangeInclusive<i64>, key: &AuditKey, row: &Row) -> bool {
    let mut places = places.take(PLACES);
    row.folds() && places.any(|sequence| key.hash_at(sequence, row) == row.hash)
}

async fn head(connection: &mut AnyConnection) -> Result<Option<Head>, StoreError> {
    let head = sqlx::query_as(
        "SELECT sealed_key, sequence, hash, mac, manifest FROM audit_head WHERE id = 1",
    )
    .fetch_optional(connection)
    .await?;
    Ok(head)
}
