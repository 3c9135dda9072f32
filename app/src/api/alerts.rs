//! Data of the page about alerts. Only the server renders it.

use domain::{
    AlertChannel, AlertCondition, AlertSettings, DailyCheck, DataCenter, Notification, UnixTime,
};

use crate::error::ApiError;

/// Data of the page about alerts.
#[derive(Clone, Debug)]
pub struct AlertsPage {
    /// Alert conditions that cause notifications, and their thresholds.
    pub settings: AlertSettings,
    /// Channels.
    pub channels: Vec<AlertChannel>,
    /// Active conditions, each with its notifications.
    pub wrong: Vec<(AlertCondition, Vec<Notification>)>,
    /// Latest notifications, the newest first.
    pub latest: Vec<Notification>,
    /// The last daily checks.
    pub checks: Vec<DailyCheck>,
    /// All data centers, each with its webhook for new mail.
    pub inbound_webhooks: Vec<(DataCenter, Option<InboundWebhookShown>)>,
    /// All data centers.
    pub data_centers: Vec<DataCenter>,
    /// True if the user may change the settings.
    pub may_edit: bool,
}

/// A webhook for new mail. Only the host of its URL is shown.
#[derive(Clone, Debug)]
pub struct InboundWebhookShown {
    /// The host of its URL.
    pub host: String,
    /// Code of the failure and its start, if the webhook fails.
    pub failing: Option<(String, UnixTime)>,
}

/// Loads the data of the page about alerts.
///
/// # Errors
/// `SignedOut`, `Unavailable`; `Offline` in the browser.
pub async fn alerts_page() -> Result<AlertsPage, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::page().await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(()).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::Role;

    use super::{AlertsPage, InboundWebhookShown};
    use crate::{
        error::ApiError,
        request::context::{mailer, may, signed_in},
    };

    pub async fn page() -> Result<AlertsPage, ApiError> {
        signed_in()?;
        let mailer = mailer()?;
        let alerts = mailer.alerts.overview().await?;
        let mut inbound_webhooks = Vec::with_capacity(alerts.data_centers.len());
        for one in &alerts.data_centers {
            let hook = mailer.inbound.webhook(&one.id).await?;
            let hook = hook.map(|hook| InboundWebhookShown {
                host: hook.host,
                failing: hook.failing,
            });
            inbound_webhooks.push((one.clone(), hook));
        }
        let wrong = alerts.active.into_iter();
        Ok(AlertsPage {
            settings: alerts.settings,
            channels: alerts.channels,
            wrong: wrong
                .map(|one| (one.condition, one.notifications))
                .collect(),
            latest: alerts.latest,
            checks: alerts.checks,
            inbound_webhooks,
            data_centers: alerts.data_centers,
            may_edit: may(Role::Administrator),
        })
    }
}
