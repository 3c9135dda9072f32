//! Alerts: detects problems, stores them, and notifies channels when a problem starts and ends.

mod channels;
mod conditions;
mod daily;
mod email;
mod ids;
mod notify;
mod overview;
mod payload;
mod server_alerts;
mod settings;
mod silent_senders;

use std::{sync::Arc, time::Duration};

use domain::{AlertCondition, AlertFacts, AlertKind, AlertSettings, AlertSubject, SenderId};
use store::Store;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{
    ChangeNotifier, Doctor, MailError, Outbox, ServerClock, ServerConditions, Settings, Webhooks,
    lease_owner::LeaseOwner, liveness::Liveness,
};

pub use channels::{AlertChannelError, TestAlertOutcome};
pub use overview::{ActiveAlert, AlertOverview};
pub(crate) use server_alerts::OtherServers;
pub use settings::SaveAlertsError;

/// Interval between evaluations. Changes of grants and settings in this process cause one
/// immediately.
const TICK: Duration = Duration::from_secs(30);
/// Retention of notifications, in seconds.
const RETENTION: i64 = 90 * 86_400;

/// Detects problems and notifies channels about them.
#[derive(Debug)]
pub struct Alerts {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) leases: Arc<LeaseOwner>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) doctor: Arc<Doctor>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) webhooks: Arc<Webhooks>,
    pub(crate) conditions: Arc<ServerConditions>,
    pub(crate) liveness: Arc<Liveness>,
    pub(crate) changes: ChangeNotifier,
    /// Name of this server in alerts.
    pub(crate) server_name: String,
    /// Time without a heartbeat after which another server is considered gone.
    pub(crate) server_gone_after: Duration,
    /// Public URL of this server, for links.
    pub(crate) public_url: Option<String>,
    pub(crate) other_servers: OtherServers,
}

impl Alerts {
    /// Evaluates the alert conditions and sends notifications, until the future is dropped.
    pub async fn run(&self) {
        let mut changes = self.changes.subscribe();
        loop {
            // A change during the round causes another one.
            changes.mark_unchanged();
            self.liveness.heartbeat("alerts");
            if let Err(error) = self.evaluate().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "alert evaluation failed"
                );
            }
            let due = async {
                tokio::select! {
                    _ = changes.changed() => {}
                    () = self.conditions.changed() => {}
                }
            };
            let _ = timeout(TICK, due).await;
        }
    }

    /// Runs the daily checks when they are due, until the future is dropped.
    pub async fn run_daily_checks(&self) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(error) = self.check_daily().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "daily check failed"
                );
            }
        }
    }

    /// Runs one round of [`Self::run`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn evaluate(&self) -> Result<(), MailError> {
        let settings = self.store.alert_settings().await?;
        let known = self.store.alert_conditions().await?;
        for data_center in self.store.data_centers().await? {
            let known: Vec<_> = known
                .iter()
                .filter(|condition| condition.subject.data_center() == Some(&data_center.id))
                .collect();
            let current = match self
                .current_conditions(&data_center.id, &settings, &known)
                .await
            {
                Ok(current) => current,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(data_center = %data_center.id, error, "alert conditions not evaluated");
                    continue;
                }
            };
            let subject = AlertSubject::DataCenter(data_center.id);
            self.update_conditions(&subject, &known, &current, &settings)
                .await?;
        }
        self.evaluate_server(&known, &settings).await?;
        self.evaluate_senders(&known, &settings).await?;
        self.notify_due().await?;
        let before = self.clock.now().plus(-RETENTION);
        Ok(self.store.prune_notifications(before).await?)
    }

    /// Raises the conditions of one subject that are new, and resolves those that are over.
    async fn update_conditions(
        &self,
        subject: &AlertSubject,
        known: &[&AlertCondition],
        current: &[(AlertKind, AlertFacts)],
        settings: &AlertSettings,
    ) -> Result<(), MailError> {
        for (kind, facts) in current {
            if known.iter().any(|condition| condition.kind == *kind) {
                continue;
            }
            self.raise(subject.clone(), *kind, facts.clone(), settings)
                .await?;
        }
        for condition in known {
            if !current.iter().any(|(kind, _)| *kind == condition.kind) {
                self.end_condition(condition).await?;
            }
        }
        Ok(())
    }

    /// Raises a condition, with notifications if the settings ask for them.
    async fn raise(
        &self,
        subject: AlertSubject,
        kind: AlertKind,
        facts: AlertFacts,
        settings: &AlertSettings,
    ) -> Result<(), MailError> {
        let now = self.clock.now();
        let condition = AlertCondition {
            id: ids::alert(now),
            subject,
            kind,
            facts,
            since: now,
        };
        self.start_condition(&condition, settings.kinds.contains(&kind))
            .await
    }

    async fn start_condition(
        &self,
        condition: &AlertCondition,
        tell: bool,
    ) -> Result<(), MailError> {
        let now = self.clock.now();
        let store = &self.store;
        if store
            .begin_condition(condition, tell, || ids::notification(now))
            .await?
        {
            let finding = condition.facts.finding.as_ref();
            let finding = finding.map(|finding| finding.code.code());
            tracing::warn!(
                data_center = condition.subject.data_center().map(tracing::field::display),
                server = condition.subject.server(),
                sender = condition.subject.sender().map(SenderId::as_str),
                condition = condition.kind.code(),
                finding,
                "alert raised"
            );
        }
        Ok(())
    }

    async fn end_condition(&self, condition: &AlertCondition) -> Result<(), MailError> {
        let now = self.clock.now();
        let store = &self.store;
        if store
            .end_condition(condition, now, || ids::notification(now))
            .await?
        {
            tracing::info!(
                data_center = condition.subject.data_center().map(tracing::field::display),
                server = condition.subject.server(),
                sender = condition.subject.sender().map(SenderId::as_str),
                condition = condition.kind.code(),
                seconds = now.since(condition.since),
                "alert resolved"
            );
        }
        Ok(())
    }
}
