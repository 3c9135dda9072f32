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
const PLACES: i64 = 100_000;

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
        let mut chain = Chain::default();
        let forged = |sequence| AuditVerdict::Broken {
            sequence,
            wrong: AuditBreak::HeadForged,
        };
        let before = self.keyring.current();
        let Some(head_before) = head(connection).await? else {
            return Ok(forged(1));
        };
        let Some(sealed) = head_before.sealed_key.map(Sealed) else {
            return Ok(forged(1));
        };
        let sealer = self.key_of(connection, before, &sealed).await?;
        let key = AuditKey::opened(sealer.open(&sealed, KEY)?);
        let mut after = i64::MIN;
        loop {
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT * FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2",
            )
            .bind(after)
            .bind(BATCH)
            .fetch_all(&mut *connection)
            .await?;
            if rows.is_empty() {
                // After the rows: the head is never behind what was read before it.
                let Some(head) = head(connection).await? else {
                    return Ok(forged(chain.sequence + 1));
                };
                let follows = chain.sequence == head.sequence && chain.hash == head.hash;
                if follows && head.holds(&key) {
                    return Ok(AuditVerdict::Intact {
                        entries: chain.sequence,
                        hash: chain.hash,
                    });
                }
                if !head.holds(&key) || head.sequence <= chain.sequence {
                    return Ok(forged(chain.sequence.max(1)));
                }
                if !is_there(connection, chain.sequence + 1).await? {
                    return Ok(AuditVerdict::Broken {
                        sequence: chain.sequence + 1,
                        wrong: AuditBreak::TailCut,
                    });
                }
            }
            for row in rows {
                if let Err(mut wrong) = chain.take(&key, &row) {
                    let places = 1..=head_before.sequence.min(PLACES);
                    if wrong == AuditBreak::Changed && was_written_in(places, &key, &row) {
                        wrong = AuditBreak::OutOfOrder;
                    }
                    let sequence = if wrong == AuditBreak::Missing {
                        chain.sequence + 1
                    } else {
                        row.sequence
                    };
                    return Ok(AuditVerdict::Broken { sequence, wrong });
                }
                after = chain.sequence;
            }
        }
    }
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
}

/// Whether an entry is as it was written, but in one of these places.
fn was_written_in(mut places: RangeInclusive<i64>, key: &AuditKey, row: &Row) -> bool {
    row.folds() && places.any(|sequence| key.hash_at(sequence, row) == row.hash)
}

async fn head(connection: &mut AnyConnection) -> Result<Option<Head>, StoreError> {
    let head =
        sqlx::query_as("SELECT sealed_key, sequence, hash, mac FROM audit_head WHERE id = 1")
            .fetch_optional(connection)
            .await?;
    Ok(head)
}

async fn is_there(connection: &mut AnyConnection, sequence: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = sqlx::query_scalar("SELECT sequence FROM audit WHERE sequence = $1")
        .bind(sequence)
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}
