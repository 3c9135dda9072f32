//! Alerts about conditions of servers: this one, and others on the same database that are stopped.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use domain::{AlertCondition, AlertId, AlertSettings, AlertSubject};

use super::Alerts;
use crate::MailError;

/// The last heartbeats of the conditions of other servers, and when each was seen.
#[derive(Debug, Default)]
pub(crate) struct OtherServers(Mutex<HashMap<AlertId, (i64, Instant)>>);

impl Alerts {
    /// Stores the conditions of this server, and resolves those of servers that are stopped.
    pub(super) async fn evaluate_server(
        &self,
        known: &[AlertCondition],
        settings: &AlertSettings,
    ) -> Result<(), MailError> {
        let name = self.server_name.as_str();
        let own: Vec<_> = known
            .iter()
            .filter(|condition| condition.subject.server() == Some(name))
            .collect();
        let subject = AlertSubject::Server(name.to_owned());
        let current = self.conditions.all();
        self.update_conditions(&subject, &own, &current, settings)
            .await?;
        let others = self.store.increment_heartbeats(name).await?;
        let stopped: Vec<_> = {
            let seen = self.other_servers.0.lock();
            let mut seen = seen.unwrap_or_else(PoisonError::into_inner);
            seen.retain(|id, _| others.iter().any(|other| other.id == *id));
            others
                .into_iter()
                .filter(|other| {
                    let now = (other.beats, Instant::now());
                    let last = seen.entry(other.id.clone()).or_insert(now);
                    if last.0 != other.beats {
                        *last = now;
                    }
                    last.1.elapsed() >= self.server_gone_after
                })
                .collect()
        };
        for other in stopped {
            let condition = known.iter().find(|condition| condition.id == other.id);
            if let Some(condition) = condition {
                self.end_condition(condition).await?;
            }
        }
        Ok(())
    }
}
