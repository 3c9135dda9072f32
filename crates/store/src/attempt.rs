//! Table `sign_in_attempts`: how often a wrong password was typed, by buckets.
//!
//! An attempt is counted before its password is looked at, by one statement per bucket, so that many at once get no
//! more guesses than one after the other. While a bucket waits, nothing is counted: otherwise a stranger could keep
//! it waiting for ever.

use domain::{AuditRecord, UnixTime};
use sqlx::AnyConnection;

use crate::{Store, StoreError};

/// Longest wait after a failure: seconds.
const LONGEST: i64 = 900;
/// A power of two of seconds that is longer than [`LONGEST`].
const DOUBLINGS: i64 = 10;
/// Failures are forgotten this long after the last one: seconds.
const FORGOTTEN: i64 = 86_400;

/// Where attempts are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    key: String,
    /// Failures after which the next attempt waits: 1 s, then twice as long each time.
    free: i64,
    /// Whether a success forgets all failures; if not, only that it was counted itself.
    forgets: bool,
}

impl Bucket {
    /// Of an address, or of a network that counts as one. Many people may share it, and whoever has an account must not
    /// be able to clear it.
    pub fn address(network: &str) -> Self {
        Self {
            key: format!("address:{network}"),
            free: 20,
            forgets: false,
        }
    }

    /// Of a browser that has signed in before.
    pub fn device(name: &str) -> Self {
        Self {
            key: format!("device:{name}"),
            free: 5,
            forgets: true,
        }
    }
}

/// What came of counting an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It is counted and may be looked at.
    Open,
    /// It is too early: nothing is counted.
    Wait {
        /// How long to wait.
        seconds: i64,
        /// It is the first that was turned away since the last that was looked at, and is in the audit.
        first: bool,
    },
}

/// Failures of this time and before count no more.
pub(crate) fn forgotten_until(now: UnixTime) -> UnixTime {
    now.plus(-FORGOTTEN)
}

async fn forget(connection: &mut AnyConnection, bucket: &Bucket) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sign_in_attempts WHERE bucket = $1")
        .bind(bucket.key.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes back that an attempt was counted, since it was right.
pub(crate) async fn forgive(
    connection: &mut AnyConnection,
    buckets: &[Bucket],
) -> Result<(), StoreError> {
    for bucket in buckets {
        if bucket.forgets {
            forget(connection, bucket).await?;
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

/// Counts an attempt in one bucket; the seconds to wait when it is too early.
async fn count(
    connection: &mut AnyConnection,
    bucket: &Bucket,
    now: UnixTime,
) -> Result<Option<i64>, StoreError> {
    // A time well ahead is from before the clock was set back; it must not close the bucket until then.
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
    .bind(forgotten_until(now).0)
    .bind(LONGEST)
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
        DOUBLINGS.. => LONGEST,
        doublings => 1 << doublings.max(0),
    };
    Ok(Some(UnixTime(last_at).plus(wait).since(now).max(1)))
}

impl Store {
    /// Where attempts under a user name are counted, whether an account has it or not. What was typed is not to be
    /// found out by who has the database: people type passwords where a name belongs.
    ///
    /// # Errors
    /// `Database`, and those of the audit, whose key is used.
    pub async fn name_bucket(&self, typed: &str) -> Result<Bucket, StoreError> {
        self.bucket_of(&mut *self.pool.acquire().await?, typed)
            .await
    }

    async fn bucket_of(
        &self,
        connection: &mut AnyConnection,
        typed: &str,
    ) -> Result<Bucket, StoreError> {
        let hash = self.blind(connection, &typed.trim().to_lowercase()).await?;
        Ok(Bucket {
            key: format!("name:{hash}"),
            free: 5,
            forgets: true,
        })
    }

    /// Forgets the failures under a user name.
    pub(crate) async fn forget_name(
        &self,
        connection: &mut AnyConnection,
        name: &str,
    ) -> Result<(), StoreError> {
        let bucket = self.bucket_of(connection, name).await?;
        forget(connection, &bucket).await
    }

    /// Counts an attempt in all buckets, or in none when it is too early in one of them; the first that is turned away is put
    /// into the audit as `slowed`.
    ///
    /// # Errors
    /// `Database`, and those of the audit.
    pub async fn count_attempt(
        &self,
        buckets: &[Bucket],
        slowed: &AuditRecord,
    ) -> Result<Counted, StoreError> {
        let mut transaction = self.begin().await?;
        for bucket in buckets {
            if let Some(seconds) = count(&mut transaction, bucket, slowed.at).await? {
                transaction.rollback().await?;
                let first = self.slow_down(bucket, slowed).await?;
                return Ok(Counted::Wait { seconds, first });
            }
        }
        transaction.commit().await?;
        Ok(Counted::Open)
    }

    /// Notes that an attempt was turned away; `false` when that has been noted.
    async fn slow_down(&self, bucket: &Bucket, slowed: &AuditRecord) -> Result<bool, StoreError> {
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

    /// Takes back that an attempt was counted, since it was right.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forgive_attempt(&self, buckets: &[Bucket]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        forgive(&mut transaction, buckets).await?;
        transaction.commit().await
    }
}
