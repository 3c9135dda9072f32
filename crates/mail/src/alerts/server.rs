//! Conditions of this server, as opposed to those of a data center.
//!
//! The code that detects a condition calls [`Mailer::raise_server_condition`] and
//! [`Mailer::resolve_server_condition`] each time it checks. A condition is kept in memory first,
//! so the log, `/readyz`, and the metrics show it immediately, even when the database is not
//! writable. The next round of [`Mailer::watch`] stores it, which notifies the channels.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use domain::{AlertCondition, AlertFacts, AlertId, AlertKind, AlertSettings, AlertSubject};
use tokio::sync::Notify;

use crate::{MailError, Mailer};

/// The conditions of this server, and the heartbeats of other servers' conditions.
#[derive(Debug, Default)]
pub(crate) struct ServerConditions {
    current: Mutex<BTreeMap<AlertKind, AlertFacts>>,
    changed: Notify,
    others: Mutex<HashMap<AlertId, (i64, Instant)>>,
}

impl Mailer {
    /// Records that this server has a condition. Does nothing if it is known already.
    pub fn raise_server_condition(&self, kind: AlertKind, facts: AlertFacts) {
        debug_assert!(kind.is_of_server(), "{kind:?}");
        let conditions = &self.0.server_conditions;
        let mut current = lock(&conditions.current);
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
        conditions.changed.notify_one();
    }

    /// Records that a condition of this server is resolved. Does nothing if there is no such
    /// condition.
    pub fn resolve_server_condition(&self, kind: AlertKind) {
        let conditions = &self.0.server_conditions;
        if lock(&conditions.current).remove(&kind).is_some() {
            tracing::info!(condition = kind.code(), "server condition resolved");
            conditions.changed.notify_one();
        }
    }

    /// Returns true if this server has the condition now.
    pub fn has_server_condition(&self, kind: AlertKind) -> bool {
        lock(&self.0.server_conditions.current).contains_key(&kind)
    }

    /// Returns the current conditions of this server.
    pub fn server_conditions(&self) -> Vec<(AlertKind, AlertFacts)> {
        let current = lock(&self.0.server_conditions.current);
        let current = current.iter();
        current
            .map(|(kind, facts)| (*kind, facts.clone()))
            .collect()
    }

    /// Returns when a condition of this server was raised or resolved since the last call.
    pub(super) async fn server_conditions_changed(&self) {
        self.0.server_conditions.changed.notified().await;
    }

    /// Returns the name of this server in alerts.
    fn server_name(&self) -> &str {
        let name = self.0.options.server_name.as_deref();
        name.unwrap_or(&self.0.owner)
    }

    /// Stores the conditions of this server, and resolves those of servers that are gone.
    pub(super) async fn watch_server(
        &self,
        known: &[AlertCondition],
        settings: &AlertSettings,
    ) -> Result<(), MailError> {
        let name = self.server_name();
        let own: Vec<_> = known
            .iter()
            .filter(|condition| condition.subject.server() == Some(name))
            .collect();
        let subject = AlertSubject::Server(name.to_owned());
        let current = self.server_conditions();
        self.update_conditions(&subject, &own, &current, settings)
            .await?;
        let others = self.store().beat_server_conditions(name).await?;
        let gone: Vec<_> = {
            let mut seen = lock(&self.0.server_conditions.others);
            seen.retain(|id, _| others.iter().any(|other| other.id == *id));
            others
                .into_iter()
                .filter(|other| {
                    let now = (other.beats, Instant::now());
                    let last = seen.entry(other.id.clone()).or_insert(now);
                    if last.0 != other.beats {
                        *last = now;
                    }
                    last.1.elapsed() >= self.0.options.server_gone_after
                })
                .collect()
        };
        for other in gone {
            let condition = known.iter().find(|condition| condition.id == other.id);
            if let Some(condition) = condition {
                self.end_condition(condition).await?;
            }
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
