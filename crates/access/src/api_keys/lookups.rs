//! Looking keys up together: whoever comes while a key is looked up waits for the next look, which is for all of them. Each
//! look begins after those came whom it is for, so nobody is let in by a key that had ended before.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::ApiKey;
use tokio::sync::oneshot;

use crate::{Access, AccessError};

type Waiting = Vec<oneshot::Sender<Option<ApiKey>>>;

/// Who waits for which key, by its hash. A hash is in here as long as a task looks it up.
#[derive(Debug, Default)]
pub(crate) struct Lookups(Mutex<HashMap<String, Waiting>>);

impl Lookups {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Access {
    /// The key with this hash, unless it has ended or expired.
    pub(super) async fn look_up(&self, hash: String) -> Result<Option<ApiKey>, AccessError> {
        let (found, wait) = oneshot::channel();
        match self.0.lookups.all().entry(hash.clone()) {
            Entry::Occupied(mut waiting) => waiting.get_mut().push(found),
            Entry::Vacant(nobody) => {
                nobody.insert(vec![found]);
                // In a task of its own: whoever came first may go away, and the others wait for it.
                tokio::spawn(look(self.clone(), hash.clone()));
            }
        }
        match wait.await {
            Ok(found) => Ok(found),
            // The database failed for all; each is told by a look of its own.
            Err(_) => self.use_key(&hash).await,
        }
    }
}

async fn look(access: Access, hash: String) {
    let mut looking = Looking {
        access: &access,
        hash: &hash,
        over: false,
    };
    while let Some(waiting) = looking.next() {
        match access.use_key(&hash).await {
            Ok(key) => {
                for found in waiting {
                    // Nobody hears it who has gone away.
                    let _ = found.send(key.clone());
                }
            }
            Err(error) => tracing::debug!(
                error = &error as &dyn std::error::Error,
                "cannot look a key up"
            ),
        }
    }
}

/// A hash that is looked up; however that ends, nobody waits for it afterwards.
struct Looking<'a> {
    access: &'a Access,
    hash: &'a str,
    over: bool,
}

impl Looking<'_> {
    /// Those who have come since the last look; with none it is over.
    fn next(&mut self) -> Option<Waiting> {
        let mut all = self.access.0.lookups.all();
        let waiting = all.get_mut(self.hash).map(std::mem::take);
        let waiting = waiting.filter(|waiting| !waiting.is_empty());
        if waiting.is_none() {
            all.remove(self.hash);
            self.over = true;
        }
        waiting
    }
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.access.0.lookups.all().remove(self.hash);
        }
    }
}
