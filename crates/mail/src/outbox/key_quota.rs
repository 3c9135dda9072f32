//! A limit on the octets that wait to be delivered for one API key: a program that submits faster than the mail server accepts
//! must not fill the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::Who;

use super::submit::SubmitError;
use crate::{MailError, Mailer};

/// How long a sum from the database is used at least.
const TTL: Duration = Duration::from_secs(1);
/// A sum is used this many times as long as it took to compute: a long queue must not slow submissions down.
const FACTOR: u32 = 20;

/// What waits for one key.
#[derive(Debug)]
struct Sum {
    /// From the database, and what was submitted here since.
    octets: u64,
    /// When it is computed again.
    until: Instant,
}

/// What waits for the keys that submitted lately.
#[derive(Debug, Default)]
pub(crate) struct KeySums(Mutex<HashMap<String, Sum>>);

impl KeySums {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Sum>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds octets to a sum that is still good, unless the limit is exceeded; then they are not added, and it returns false. A
    /// message that is larger than the limit is accepted while nothing else waits.
    fn add(&self, key: &str, octets: u64, limit: u64) -> Option<bool> {
        let mut all = self.all();
        let sum = all.get_mut(key)?;
        if sum.until <= Instant::now() {
            return None;
        }
        let fits = sum.octets == 0 || sum.octets.saturating_add(octets) <= limit;
        if fits {
            sum.octets = sum.octets.saturating_add(octets);
        }
        Some(fits)
    }

    fn put(&self, key: &str, octets: u64, took: Duration) {
        let now = Instant::now();
        let mut all = self.all();
        all.retain(|_, sum| now < sum.until);
        let until = now + TTL.max(took * FACTOR);
        all.insert(key.to_owned(), Sum { octets, until });
    }
}

impl Mailer {
    /// Counts octets that are submitted by a key.
    ///
    /// # Errors
    /// `KeyFull`; when the database fails.
    pub(super) async fn count_for_key(&self, by: &Who, octets: usize) -> Result<(), SubmitError> {
        let (Who::Key(key), Some(limit)) = (by, self.0.options.outbox.waiting_per_key) else {
            return Ok(());
        };
        let sums = &self.0.outbox.key_sums;
        let octets = octets as u64;
        let known = sums.add(key, octets, limit);
        let fits = if let Some(fits) = known {
            fits
        } else {
            let began = Instant::now();
            let waiting = self.store().waiting_octets_of_key(key).await;
            let waiting = waiting.map_err(MailError::from)?;
            sums.put(key, waiting, began.elapsed());
            sums.add(key, octets, limit).unwrap_or(true)
        };
        if fits {
            return Ok(());
        }
        tracing::warn!(key, limit, "too much waits for an API key");
        Err(SubmitError::KeyFull { limit })
    }
}
