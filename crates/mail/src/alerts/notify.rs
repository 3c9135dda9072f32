//! Delivery of notifications about the start and end of problems, with retries.

use std::time::Duration;

use domain::{
    AlertSubject, ChannelId, ChannelKind, DataCenterId, Notification, NotificationFailure,
    NotificationState, WebhookFailure, WebhookSecret, WebhookUrl,
};
use futures::future::join_all;
use secrecy::ExposeSecret as _;
use store::{StoredChannel, StoredTarget};

use super::{Alerts, payload};
use crate::{MailError, Webhook, backoff::Backoff, server_clock::held_for};

/// Seconds that this process has to deliver a notification before another one may take over. Longer
/// than a request takes.
const LEASE: u32 = 60;
/// Seconds after which retries stop.
const GIVE_UP_AFTER: i64 = 86_400;
/// Wait after failures.
const RETRY: Backoff = Backoff::new(Duration::from_secs(30), Duration::from_hours(1));
/// Batches of notifications in one round, which bounds its duration.
const ROUNDS: usize = 20;

impl Alerts {
    /// Delivers the due notifications.
    pub(super) async fn notify_due(&self) -> Result<(), MailError> {
        for _ in 0..ROUNDS {
            let held_until = self.clock.boot_time() + held_for(LEASE);
            let leased_at = self.clock.database_now().await?;
            let (owner, now) = (self.leases.owner(), self.clock.now());
            let store = &self.store;
            let due = store.claim_notifications(owner, now, leased_at, LEASE.into());
            let due = due.await?;
            if due.is_empty() {
                break;
            }
            let deliveries = due
                .into_iter()
                .map(|notification| self.notify_channel(notification, held_until));
            let delivered = join_all(deliveries).await;
            delivered.into_iter().collect::<Result<(), _>>()?;
        }
        Ok(())
    }

    /// Delivers one notification, unless the lease has expired, for example while the process was
    /// paused. Another server may deliver it by then.
    async fn notify_channel(
        &self,
        mut notification: Notification,
        held_until: Duration,
    ) -> Result<(), MailError> {
        if self.clock.boot_time() >= held_until {
            return Ok(());
        }
        let outcome = match self.store.alert_channel(&notification.channel).await {
            Ok(Some(channel)) => self.notify_once(&notification, &channel).await,
            // The notification was removed with its channel.
            Ok(None) => return Ok(()),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "reading notification channel failed");
                Err(NotificationFailure::Unavailable)
            }
        };
        let now = self.clock.now();
        notification.attempts += 1;
        notification.failure = outcome.err();
        if outcome.is_ok() {
            notification.state = NotificationState::Delivered;
        } else if now.since(notification.created_at) >= GIVE_UP_AFTER {
            notification.state = NotificationState::Failed;
        } else {
            let failures = u32::try_from(notification.attempts).unwrap_or(u32::MAX);
            notification.due_at = now.plus(RETRY.seconds_after(failures));
        }
        if notification.state != NotificationState::Waiting {
            notification.finished_at = Some(now);
        }
        let (channel, event) = (notification.channel.as_str(), notification.event.code());
        let condition = notification.condition.kind.code();
        match notification.failure {
            None => tracing::info!(channel, event, condition, "notification delivered"),
            Some(failure) => {
                let attempts = notification.attempts;
                let failure = code(failure);
                tracing::warn!(
                    channel,
                    event,
                    condition,
                    attempts,
                    failure,
                    "notification failed"
                );
            }
        }
        let owner = self.leases.owner();
        self.store.record_notification(&notification, owner).await?;
        Ok(())
    }

    /// Makes one delivery attempt.
    pub(super) async fn notify_once(
        &self,
        notification: &Notification,
        channel: &StoredChannel,
    ) -> Result<(), NotificationFailure> {
        let name = match &notification.condition.subject {
            AlertSubject::DataCenter(id) => self.name_of(id).await?,
            AlertSubject::Server(name) | AlertSubject::Sender { name, .. } => name.clone(),
        };
        let words = wording::notification(notification, &name).displayable();
        let origin = self.public_url.as_deref();
        let url = origin.map(|origin| format!("{origin}{}", words.path));
        let url = url.as_deref();
        match &channel.target {
            StoredTarget::Mail { via, recipient } => {
                self.send_email(notification, &words, url, via, recipient)
                    .await
            }
            StoredTarget::Post {
                url: target,
                secret,
                ..
            } => {
                let document = payload::of(channel.kind, notification, &name, &words, url);
                let wrong = NotificationFailure::Webhook(WebhookFailure::NotARequest);
                let target = WebhookUrl::parse(target.expose_secret()).map_err(|_| wrong)?;
                let secret = secret
                    .as_ref()
                    .filter(|_| channel.kind == ChannelKind::Webhook);
                let secret = secret.map(|secret| WebhookSecret::parse(secret.expose_secret()));
                let secret = secret.transpose().map_err(|_| wrong)?;
                let webhook = Webhook {
                    url: target,
                    secret,
                };
                let document = document.to_string();
                let posted = self
                    .webhooks
                    .post(&webhook, notification.id.as_str(), &document);
                posted.await.map_err(NotificationFailure::Webhook)
            }
        }
    }

    /// Returns the name of a data center, or its ID if it was removed.
    async fn name_of(&self, id: &DataCenterId) -> Result<String, NotificationFailure> {
        let data_center = self.store.data_center(id).await;
        let data_center = data_center.map_err(|_| NotificationFailure::Unavailable)?;
        Ok(data_center.map_or_else(|| id.to_string(), |one| one.name.to_string()))
    }
}

/// Returns the code of a failure for logs and the audit.
pub(super) fn code(failure: NotificationFailure) -> String {
    match failure {
        NotificationFailure::Webhook(WebhookFailure::Status(status)) => format!("status_{status}"),
        NotificationFailure::Webhook(failure) => failure.code().to_owned(),
        NotificationFailure::NoSettings => "no_settings".to_owned(),
        NotificationFailure::Unavailable => "unavailable".to_owned(),
    }
}

/// Parses the ID of a channel. Returns `None` if it is malformed.
pub(super) fn channel_id(text: &str) -> Option<ChannelId> {
    ChannelId::parse(text).ok()
}
