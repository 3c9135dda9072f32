//! Leases: the right of a process to deliver messages until a deadline.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use domain::{DataCenterId, MessageId};

/// One claim of messages of a data center. Deadlines are in time since boot.
#[derive(Debug)]
pub(super) struct Lease {
    pub(super) name: String,
    pub(super) data_center: DataCenterId,
    /// True if the claimed messages were counted toward the rate limits.
    pub(super) counted: bool,
    held: Mutex<HashMap<MessageId, Duration>>,
}

impl Lease {
    pub(super) fn new(name: String, data_center: DataCenterId, counted: bool) -> Self {
        Self {
            name,
            data_center,
            counted,
            held: Mutex::default(),
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<MessageId, Duration>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds messages that are held until `until`.
    pub(super) fn add(&self, ids: impl IntoIterator<Item = MessageId>, until: Duration) {
        self.held().extend(ids.into_iter().map(|id| (id, until)));
    }

    /// Extends the deadline of renewed messages. Messages that were not renewed are lost to another
    /// server. Returns renewed messages that this process no longer works on, each with the name of
    /// the lease.
    pub(super) fn renew(&self, ids: &[MessageId], until: Duration) -> Vec<(MessageId, String)> {
        let mut held = self.held();
        for until in held.values_mut() {
            *until = Duration::ZERO;
        }
        let mut finished = Vec::new();
        for id in ids {
            match held.get_mut(id) {
                Some(held) => *held = until,
                None => finished.push((id.clone(), self.name.clone())),
            }
        }
        finished
    }

    /// Returns true if no other server may claim the message.
    pub(super) fn holds(&self, id: &MessageId, now: Duration) -> bool {
        self.held().get(id).is_some_and(|until| now < *until)
    }

    /// Removes a message whose result was recorded or that was released.
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

    fn all(&self) -> Vec<Arc<Lease>> {
        let mut leases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        leases.retain(|lease| lease.strong_count() > 0);
        leases.iter().filter_map(Weak::upgrade).collect()
    }

    /// Returns the leases with unfinished messages.
    pub(super) fn open(&self) -> Vec<Arc<Lease>> {
        let mut all = self.all();
        all.retain(|lease| !lease.is_empty());
        all
    }

    /// Returns the names of all leases that this process still uses, including that of a running
    /// claim.
    pub(super) fn live(&self) -> HashSet<String> {
        let all = self.all().into_iter();
        all.map(|lease| lease.name.clone()).collect()
    }

    /// Returns messages of a data center that this process works on although their lease has
    /// expired. Another server may have released them.
    pub(super) fn expired(&self, data_center: &DataCenterId, now: Duration) -> Vec<MessageId> {
        let mut ids = Vec::new();
        for lease in self.all() {
            if lease.data_center == *data_center {
                let held = lease.held();
                let expired = held.iter().filter(|(_, until)| **until <= now);
                ids.extend(expired.map(|(id, _)| id.clone()));
            }
        }
        ids
    }

    /// Returns true if this process works on the message.
    pub(super) fn is_under_way(&self, id: &MessageId) -> bool {
        let all = self.all();
        all.iter().any(|lease| lease.held().contains_key(id))
    }
}
