//! Alerts: detects problems, stores them, and notifies channels when a problem starts and ends.

mod channels;
mod conditions;
mod daily;
mod ids;
mod letter;
mod notify;
mod overview;
mod server;
mod settings;
mod shape;

use std::time::Duration;

use domain::{AlertCondition, AlertFacts, AlertKind, AlertSettings, AlertSubject};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{MailError, Mailer};

pub use channels::AlertChannelError;
pub use overview::{AlertOverview, Wrong};
pub(crate) use server::ServerConditions;
pub use settings::SaveAlertsError;

/// Interval between evaluations. Changes of grants and settings in this process cause one
/// immediately.
const TICK: Duration = Duration::from_secs(30);
/// Retention of notifications, in seconds.
const KEPT: i64 = 90 * 86_400;

impl Mailer {
    /// Evaluates the alert conditions and sends notifications, until the future is dropped.
    pub async fn keep_watch(&self) {
        let mut attention = self.0.attention.listen();
        loop {
            // A change during the round causes another one.
            attention.mark_unchanged();
            self.beat("alerts");
            if let Err(error) = self.watch().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "looking for what is wrong failed"
                );
            }
            let changed = async {
                tokio::select! {
                    _ = attention.changed() => {}
                    () = self.server_conditions_changed() => {}
                }
            };
            let _ = timeout(TICK, changed).await;
        }
    }

    /// Runs the daily checks when they are due, until the future is dropped.
    pub async fn keep_checking(&self) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(error) = self.check_daily().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the daily check could not be made"
                );
            }
        }
    }

    /// Runs one round of [`Mailer::keep_watch`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn watch(&self) -> Result<(), MailError> {
        let settings = self.store().alert_settings().await?;
        let known = self.store().alert_conditions().await?;
        for data_center in self.store().data_centers().await? {
            let known: Vec<_> = known
                .iter()
                .filter(|condition| condition.subject.data_center() == Some(&data_center.id))
                .collect();
            let wrong = match self.wrong(&data_center.id, &settings, &known).await {
                Ok(wrong) => wrong,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(data_center = %data_center.id, error, "cannot tell what is wrong");
                    continue;
                }
            };
            let subject = AlertSubject::DataCenter(data_center.id);
            self.update_conditions(&subject, &known, &wrong, &settings)
                .await?;
        }
        self.watch_server(&known, &settings).await?;
        self.notify_due().await?;
        let before = self.now().plus(-KEPT);
        Ok(self.store().forget_notifications(before).await?)
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
            let condition = AlertCondition {
                id: ids::alert(self.now()),
                subject: subject.clone(),
                kind: *kind,
                facts: facts.clone(),
                since: self.now(),
            };
            self.begin_condition(&condition, settings.kinds.contains(kind))
                .await?;
        }
        for condition in known {
            if !current.iter().any(|(kind, _)| *kind == condition.kind) {
                self.end_condition(condition).await?;
            }
        }
        Ok(())
    }

    async fn begin_condition(
        &self,
        condition: &AlertCondition,
        tell: bool,
    ) -> Result<(), MailError> {
        let now = self.now();
        let store = self.store();
        if store
            .begin_condition(condition, tell, || ids::notification(now))
            .await?
        {
            let finding = condition.facts.finding.as_ref();
            let finding = finding.map(|finding| finding.code.code());
            tracing::warn!(
                data_center = condition.subject.data_center().map(tracing::field::display),
                server = condition.subject.server(),
                condition = condition.kind.code(),
                finding,
                "alert raised"
            );
        }
        Ok(())
    }

    async fn end_condition(&self, condition: &AlertCondition) -> Result<(), MailError> {
        let now = self.now();
        let store = self.store();
        if store
            .end_condition(condition, now, || ids::notification(now))
            .await?
        {
            tracing::info!(
                data_center = condition.subject.data_center().map(tracing::field::display),
                server = condition.subject.server(),
                condition = condition.kind.code(),
                seconds = now.since(condition.since),
                "alert resolved"
            );
        }
        Ok(())
    }
}
