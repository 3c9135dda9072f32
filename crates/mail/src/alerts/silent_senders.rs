//! Alerts about senders that have stopped sending.

use domain::{
    AlertCondition, AlertFacts, AlertKind, AlertSettings, AlertSubject, Sender, UnixTime,
};

use super::Alerts;
use crate::MailError;

const HOUR: i64 = 3_600;

impl Alerts {
    /// Stores which senders are silent, and resolves the alerts about those that have sent again or
    /// are no longer watched.
    pub(super) async fn evaluate_senders(
        &self,
        known: &[AlertCondition],
        settings: &AlertSettings,
    ) -> Result<(), MailError> {
        // The times of messages are those of the database, too.
        let now = self.clock.database_now().await?;
        let watched_since = self.store.record_alert_watch(now).await?;
        let senders = self.store.senders().await?;
        for sender in &senders {
            let is_known = known
                .iter()
                .any(|condition| condition.subject.sender() == Some(&sender.id));
            if is_known || !is_silent(sender, watched_since, now) {
                continue;
            }
            let subject = AlertSubject::Sender {
                id: sender.id.clone(),
                name: sender.name.to_string(),
            };
            let facts = AlertFacts {
                silent_since: sender.last_seen_at,
                ..AlertFacts::default()
            };
            let kind = AlertKind::SenderSilent;
            self.raise(subject, kind, facts, settings).await?;
        }
        for condition in known {
            let Some(id) = condition.subject.sender() else {
                continue;
            };
            let sender = senders.iter().find(|sender| sender.id == *id);
            // The interruption of a server does not resolve the alert.
            if sender.is_some_and(|sender| is_silent(sender, UnixTime(0), now)) {
                continue;
            }
            let mut ended = condition.clone();
            ended.facts.sent_again_at = sender
                .and_then(|sender| sender.last_seen_at)
                .filter(|at| Some(*at) > condition.facts.silent_since);
            self.end_condition(&ended).await?;
        }
        Ok(())
    }
}

/// Returns true if a sender that has sent before has sent nothing for the number of hours in its
/// settings. Only the time since `watched_since` counts.
fn is_silent(sender: &Sender, watched_since: UnixTime, now: UnixTime) -> bool {
    let (Some(hours), Some(last)) = (sender.settings.silent_after_hours, sender.last_seen_at)
    else {
        return false;
    };
    !sender.is_expired(now) && now.since(last.max(watched_since)) >= i64::from(hours) * HOUR
}
