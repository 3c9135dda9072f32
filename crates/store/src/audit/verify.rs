//! Finding what was tampered with.

use std::ops::RangeInclusive;

use sqlx::AnyConnection;

use super::{
    Head, KEY,
    chain::{AuditKey, BROKEN},
    row::Row,
};
use crate::{Store, StoreError, seal::Sealed};

/// How many rows are read at a time.
const BATCH: i64 = 500;
/// How many places are tried for an entry that is not where it was written.
const PLACES: usize = 100_000;

/// What verifying the audit found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditVerdict {
    /// Every entry is what was written, where it was written.
    Intact {
        /// How many entries there are.
        entries: i64,
        /// The hash of the last one. Kept elsewhere, it tells later whether the audit was put back to an earlier state
        /// as a whole.
        hash: String,
    },
    /// The audit was tampered with.
    Broken {
        /// The first entry that is not as it was written.
        sequence: i64,
        /// What is wrong.
        wrong: AuditBreak,
    },
}

/// What is wrong with an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditBreak {
    /// An entry was changed, or one was written by somebody without the key.
    Changed,
    /// An entry is missing, and there are later ones.
    Missing,
    /// An entry is not where it was written, or does not follow the one before.
    OutOfOrder,
    /// Entries are missing at the end.
    TailCut,
    /// What is said about the end of the audit is not true: it was changed, removed or put back to an earlier state; or
    /// it was when this entry was written, and entries before it may be missing.
    HeadForged,
}

/// The chain up to a place.
#[derive(Default)]
struct Chain {
    sequence: i64,
    hash: String,
}

impl Store {
    /// Computes the hashes of all entries and compares. Entries that are written meanwhile do no harm.
    ///
    /// # Errors
    /// `Database`; `Unsealable` when the key of the hashes does not open.
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
                match chain.take(&key, &row) {
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
    /// Goes on to the next row.
    fn take(&mut self, key: &AuditKey, row: &Row) -> Result<(), AuditBreak> {
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

    /// Compares the end of the rows with the head. `None` when there are more rows by now.
    async fn end(
        &self,
        connection: &mut AnyConnection,
        key: &AuditKey,
    ) -> Result<Option<AuditVerdict>, StoreError> {
        // Read after the rows, so that the head is not behind any of them.
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

/// Whether an entry is as it was written, but in one of these places.
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
