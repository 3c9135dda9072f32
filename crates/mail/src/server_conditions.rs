//! Conditions of this server, as opposed to those of a data center.
//!
//! The code that detects a condition calls [`ServerConditions::raise`] and
//! [`ServerConditions::resolve`] each time it checks. A condition is kept in memory first, so the
//! log, `/readyz`, and the metrics show it immediately, even when the database is not writable. The
//! next evaluation of the alerts stores it, which notifies the channels.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{AlertFacts, AlertKind};
use tokio::sync::Notify;

/// The current conditions of this server.
#[derive(Debug, Default)]
pub struct ServerConditions {
    current: Mutex<BTreeMap<AlertKind, AlertFacts>>,
    changed: Notify,
}

impl ServerConditions {
    /// Records that this server has a condition. Has no effect if it is known already.
    pub fn raise(&self, kind: AlertKind, facts: AlertFacts) {
        debug_assert!(kind.is_of_server(), "{kind:?}");
        let mut current = self.current();
        if current.contains_key(&kind) {
            return;
        }
        tracing::error!(
            condition = kind.code(),
            free_bytes = facts.free_bytes,
            clock_ahead_seconds = facts.clock_ahead_seconds,
            "server condition raised"
        );
        current.insert(kind, facts);
        self.changed.notify_one();
    }

    /// Records that a condition of this server is resolved. Has no effect if there is no such
    /// condition.
    pub fn resolve(&self, kind: AlertKind) {
        if self.current().remove(&kind).is_some() {
            tracing::info!(condition = kind.code(), "server condition resolved");
            self.changed.notify_one();
        }
    }

    /// Returns true if this server has the condition now.
    pub fn has(&self, kind: AlertKind) -> bool {
        self.current().contains_key(&kind)
    }

    /// Returns the current conditions of this server.
    pub fn all(&self) -> Vec<(AlertKind, AlertFacts)> {
        let current = self.current();
        let current = current.iter();
        current
            .map(|(kind, facts)| (*kind, facts.clone()))
            .collect()
    }

    /// Completes when a condition was raised or resolved since the last call.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn current(&self) -> MutexGuard<'_, BTreeMap<AlertKind, AlertFacts>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
