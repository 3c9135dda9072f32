//! Combined lookups of API keys. Requests that arrive during a lookup of the same key share the
//! next lookup. A lookup always starts after the requests that it answers, so a key that was
//! revoked before a request is never accepted.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::ApiKey;
use tokio::sync::oneshot;

use crate::{Access, AccessError};

type Waiting = Vec<oneshot::Sender<Option<ApiKey>>>;

/// Requests that wait for a lookup, by the hash of their key. A hash has an entry while a task
/// looks it up.
#[derive(Debug, Default)]
pub(crate) struct Lookups(Mutex<HashMap<String, Waiting>>);

impl Lookups {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Access {
    /// Returns the key with this hash, unless it was revoked or has expired.
    pub(super) async fn look_up(&self, hash: String) -> Result<Option<ApiKey>, AccessError> {
        let (found, wait) = oneshot::channel();
        match self.0.lookups.all().entry(hash.clone()) {
            Entry::Occupied(mut waiting) => waiting.get_mut().push(found),
            Entry::Vacant(entry) => {
                entry.insert(vec![found]);
                // A separate task, because the first request may be cancelled while others wait for
                // the result.
                tokio::spawn(run_lookup(self.clone(), hash.clone()));
            }
        }
        match wait.await {
            Ok(found) => Ok(found),
            // The database failed for all waiting requests. Each one retries to get an error of its
            // own.
            Err(_) => self.use_key(&hash).await,
        }
    }
}

async fn run_lookup(access: Access, hash: String) {
    let mut lookup = RunningLookup {
        access: &access,
        hash: &hash,
        finished: false,
    };
    while let Some(waiting) = lookup.next() {
        match access.use_key(&hash).await {
            Ok(key) => {
                for found in waiting {
                    // The receiver of a cancelled request is gone.
                    let _ = found.send(key.clone());
                }
            }
            Err(error) => tracing::debug!(
                error = &error as &dyn std::error::Error,
                "API key lookup failed"
            ),
        }
    }
}

/// Running lookups of a hash. Dropping it removes the entry, so no request waits forever.
struct RunningLookup<'a> {
    access: &'a Access,
    hash: &'a str,
    finished: bool,
}

impl RunningLookup<'_> {
    /// Takes the requests that arrived since the last lookup. Removes the entry if there are none.
    fn next(&mut self) -> Option<Waiting> {
        let mut all = self.access.0.lookups.all();
        let waiting = all.get_mut(self.hash).map(std::mem::take);
        let waiting = waiting.filter(|waiting| !waiting.is_empty());
        if waiting.is_none() {
            all.remove(self.hash);
            self.finished = true;
        }
        waiting
    }
}

impl Drop for RunningLookup<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.access.0.lookups.all().remove(self.hash);
        }
    }
}
