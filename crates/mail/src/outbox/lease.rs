//! Leases: how long a message is nobody else's.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use domain::MessageId;

/// One claim, of some messages. Time is counted here by the monotonic clock.
#[derive(Debug)]
pub(super) struct Lease {
    pub(super) name: String,
    held: Mutex<HashMap<MessageId, Instant>>,
}

impl Lease {
    pub(super) fn new(name: String) -> Self {
        let held = Mutex::default();
        Self { name, held }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<MessageId, Instant>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// These messages are ours until then.
    pub(super) fn extend(&self, ids: impl IntoIterator<Item = MessageId>, until: Instant) {
        self.held().extend(ids.into_iter().map(|id| (id, until)));
    }

    /// These messages, unless they are settled by now, stay ours until then.
    pub(super) fn extend_held(&self, ids: impl IntoIterator<Item = MessageId>, until: Instant) {
        let mut held = self.held();
        for id in ids {
            if let Some(held) = held.get_mut(&id) {
                *held = until;
            }
        }
    }

    /// Whether a message is still ours.
    pub(super) fn holds(&self, id: &MessageId) -> bool {
        self.held()
            .get(id)
            .is_some_and(|until| Instant::now() < *until)
    }

    /// A message is settled or given back.
    pub(super) fn end(&self, id: &MessageId) {
        self.held().remove(id);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.held().is_empty()
    }
}

/// All leases of this process.
#[derive(Debug, Default)]
pub(super) struct Leases(Mutex<Vec<Weak<Lease>>>);

impl Leases {
    pub(super) fn add(&self, lease: &Arc<Lease>) {
        let mut leases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        leases.push(Arc::downgrade(lease));
    }

    /// Those with messages that are not settled yet.
    pub(super) fn open(&self) -> Vec<Arc<Lease>> {
        let mut leases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        leases.retain(|lease| lease.strong_count() > 0);
        let open = leases.iter().filter_map(Weak::upgrade);
        open.filter(|lease| !lease.is_empty()).collect()
    }
}

/// How long a lease of some seconds counts here: a quarter less, for clocks that differ.
pub(super) fn counts(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds)) * 3 / 4
}
