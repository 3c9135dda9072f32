//! Table `sign_in_attempts`: failed sign-in attempts, counted in buckets.
//!
//! An attempt is counted before its password is checked, by one statement per bucket, so concurrent
//! attempts get no more guesses than sequential ones. Attempts while a bucket waits are not
//! counted. Otherwise, an attacker could keep it waiting forever.

use domain::{AuditRecord, UnixTime};
use sqlx::AnyConnection;

use crate::{Store, StoreError};

/// Longest wait after a failure, in seconds.
const MAX_WAIT: i64 = 900;
/// Exponent of the first power of two that is longer than [`MAX_WAIT`].
const DOUBLINGS: i64 = 10;
/// Seconds after the last failure until all failures are forgotten.
const FAILURE_RETENTION: i64 = 86_400;

/// A counter of failed attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    key: String,
    /// Failures after which the next attempt waits. The wait starts at 1 s and doubles each time.
    free: i64,
    /// True if a success clears all failures. Otherwise it only takes back its own count.
    cleared_by_success: bool,
}

impl Bucket {
    /// Returns the bucket of an address, or of a network that counts as one. Many users may share
    /// it, so a success by one of them does not clear it.
    pub fn address(network: &str) -> Self {
        Self {
            key: format!("address:{network}"),
            free: 20,
            cleared_by_success: false,
        }
    }

    /// Returns the bucket of a browser that has signed in before.
    pub fn device(name: &str) -> Self {
        Self {
            key: format!("device:{name}"),
            free: 5,
            cleared_by_success: true,
        }
    }
}

/// Result of counting an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// The attempt was counted, and its password may be checked.
    Open,
    /// The attempt is too early and was not counted.
    Wait {
        /// Seconds to wait.
        seconds: i64,
        /// True for the first rejected attempt since the last counted one. The audit records it.
        first: bool,
    },
}

/// Returns the time up to which failures no longer count.
pub(crate) fn failure_cutoff(now: UnixTime) -> UnixTime {
    now.plus(-FAILURE_RETENTION)
}

async fn delete_bucket(connection: &mut AnyConnection, bucket: &Bucket) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sign_in_attempts WHERE bucket = $1")
        .bind(bucket.key.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes back the count of an attempt that was successful.
pub(crate) async fn uncount(
    connection: &mut AnyConnection,
    buckets: &[Bucket],
) -> Result<(), StoreError> {
    for bucket in buckets {
        if bucket.cleared_by_success {
            delete_bucket(connection, bucket).await?;
            continue;
        }
        sqlx::query(
            "UPDATE sign_in_attempts SET failures = failures - 1
             WHERE bucket = $1 AND failures > 0",
        )
        .bind(bucket.key.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Counts an attempt in one bucket. Returns the seconds to wait if it is too early.
async fn count(
    connection: &mut AnyConnection,
    bucket: &Bucket,
    now: UnixTime,
) -> Result<Option<i64>, StoreError> {
    // A time far in the future dates from before the clock was set back. It must not close the
    // bucket until then.
    let counted: Vec<i64> = sqlx::query_scalar(
        "INSERT INTO sign_in_attempts (bucket, failures, last_at, slowed) VALUES ($1, 1, $2, 0)
         ON CONFLICT (bucket) DO UPDATE SET
             failures = CASE WHEN sign_in_attempts.last_at <= $4 THEN 1
                 ELSE sign_in_attempts.failures + 1 END,
             last_at = excluded.last_at,
             slowed = 0
         WHERE sign_in_attempts.failures < $3
             OR sign_in_attempts.last_at <= $4
             OR sign_in_attempts.last_at > $2 + $5
             OR sign_in_attempts.last_at + CASE
                 WHEN sign_in_attempts.failures >= $3 + $6 THEN $5
                 WHEN sign_in_attempts.failures >= $3
                 THEN CAST(1 AS BIGINT) << CAST(sign_in_attempts.failures - $3 AS INTEGER)
                 ELSE 0 END <= $2
         RETURNING failures",
    )
    .bind(bucket.key.as_str())
    .bind(now.0)
    .bind(bucket.free)
    .bind(failure_cutoff(now).0)
    .bind(MAX_WAIT)
    .bind(DOUBLINGS)
    .fetch_all(&mut *connection)
    .await?;
    if !counted.is_empty() {
        return Ok(None);
    }
    let (failures, last_at): (i64, i64) =
        sqlx::query_as("SELECT failures, last_at FROM sign_in_attempts WHERE bucket = $1")
            .bind(bucket.key.as_str())
            .fetch_one(connection)
            .await?;
    let wait = match failures - bucket.free {
        DOUBLINGS.. => MAX_WAIT,
        doublings => 1 << doublings.max(0),
    };
    Ok(Some(UnixTime(last_at).plus(wait).since(now).max(1)))
}

impl Store {
    /// Returns the bucket for attempts under a user name, whether an account has it or not. The
    /// stored name is a keyed hash, because users sometimes type their password in this field.
    ///
    /// # Errors
    /// `Database`, and those of the audit, whose key makes the hash.
    pub async fn name_bucket(&self, typed: &str) -> Result<Bucket, StoreError> {
        self.bucket_of(&mut *self.pool.acquire().await?, typed)
            .await
    }

    async fn bucket_of(
        &self,
        connection: &mut AnyConnection,
        typed: &str,
    ) -> Result<Bucket, StoreError> {
        let hash = self
            .keyed_hash(connection, &typed.trim().to_lowercase())
            .await?;
        Ok(Bucket {
            key: format!("name:{hash}"),
            free: 5,
            cleared_by_success: true,
        })
    }

    /// Clears the failures under a user name.
    pub(crate) async fn clear_failures(
        &self,
        connection: &mut AnyConnection,
        name: &str,
    ) -> Result<(), StoreError> {
        let bucket = self.bucket_of(connection, name).await?;
        delete_bucket(connection, &bucket).await
    }

    /// Counts an attempt in all buckets, or in none if it is too early in one of them. The first
    /// rejected attempt is recorded in the audit as `slowed`.
    ///
    /// # Errors
    /// `Database`, and those of [`Store::record`].
    pub async fn count_attempt(
        &self,
        buckets: &[Bucket],
        slowed: &AuditRecord,
    ) -> Result<Counted, StoreError> {
        let mut transaction = self.begin().await?;
        for bucket in buckets {
            if let Some(seconds) = count(&mut transaction, bucket, slowed.at).await? {
                transaction.rollback().await?;
                let first = self.mark_rejecting(bucket, slowed).await?;
                return Ok(Counted::Wait { seconds, first });
            }
        }
        transaction.commit().await?;
        Ok(Counted::Open)
    }

    /// Marks a bucket as rejecting attempts. Returns false if it was marked already.
    async fn mark_rejecting(
        &self,
        bucket: &Bucket,
        slowed: &AuditRecord,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let first =
            sqlx::query("UPDATE sign_in_attempts SET slowed = 1 WHERE bucket = $1 AND slowed = 0")
                .bind(bucket.key.as_str())
                .execute(&mut *transaction)
                .await?;
        if first.rows_affected() == 0 {
            return Ok(false);
        }
        self.append(&mut transaction, slowed).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Takes back the count of an attempt that was successful.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forgive_attempt(&self, buckets: &[Bucket]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        uncount(&mut transaction, buckets).await?;
        transaction.commit().await
    }
}
