//! Limit on the waiting octets per API key or sender. It prevents a client that submits faster than the mail
//! server accepts from filling the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::Principal;

use super::{Outbox, submit::SubmitError};
use crate::MailError;

/// Minimum time for which a sum from the database is used.
const TTL: Duration = Duration::from_secs(1);
/// A sum is used for this many times the duration of its computation. Otherwise, a long queue would
/// slow down submissions.
const FACTOR: u32 = 20;

/// The waiting octets of one key.
#[derive(Debug)]
struct Sum {
    /// The sum from the database, plus later submissions to this process.
    octets: u64,
    /// Time at which the sum is computed again.
    until: Instant,
}

/// The sums of keys that submitted recently.
#[derive(Debug, Default)]
pub(crate) struct KeySums(Mutex<HashMap<String, Sum>>);

impl KeySums {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Sum>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds octets to a current sum. Returns false without adding if that would exceed the limit,
    /// and `None` if there is no current sum. A message larger than the limit is allowed if no
    /// other message waits.
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

    fn insert(&self, key: &str, octets: u64, query_time: Duration) {
        let now = Instant::now();
        let mut all = self.all();
        all.retain(|_, sum| now < sum.until);
        let until = now + TTL.max(query_time * FACTOR);
        all.insert(key.to_owned(), Sum { octets, until });
    }
}

impl Outbox {
    /// Counts octets toward the limit of the API key or sender that submits them.
    ///
    /// # Errors
    /// `KeyFull` if the limit would be exceeded; `Mail` if the database fails.
    pub(super) async fn count_for_key(
        &self,
        by: &Principal,
        octets: usize,
    ) -> Result<(), SubmitError> {
        let (Principal::Key(_) | Principal::Sender(_), Some(limit)) =
            (by, self.options.waiting_per_key)
        else {
            return Ok(());
        };
        let key = &format!("{} {}", by.kind(), by.name());
        let sums = &self.shared.key_sums;
        let octets = octets as u64;
        let known = sums.add(key, octets, limit);
        let fits = if let Some(fits) = known {
            fits
        } else {
            let began = Instant::now();
            let waiting = self.store.waiting_octets_of(by).await;
            let waiting = waiting.map_err(MailError::from)?;
            sums.insert(key, waiting, began.elapsed());
            sums.add(key, octets, limit).unwrap_or(true)
        };
        if fits {
            return Ok(());
        }
        tracing::warn!(key, limit, "too much waits for an API key or sender");
        Err(SubmitError::KeyFull { limit })
    }
}
