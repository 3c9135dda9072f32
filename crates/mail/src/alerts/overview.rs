//! The overview of alerts, which every role may see.

use domain::{AlertChannel, AlertCondition, AlertSettings, DailyCheck, DataCenter, Notification};

use super::Alerts;
use crate::MailError;

/// Number of recent notifications in the overview.
const MAX_NOTIFICATIONS: u32 = 50;

/// A current problem and its notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveAlert {
    /// The problem.
    pub condition: AlertCondition,
    /// Notifications about it, sent and pending.
    pub notifications: Vec<Notification>,
}

/// State of the alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertOverview {
    /// The problems that cause notifications, and their timing.
    pub settings: AlertSettings,
    /// Notification channels.
    pub channels: Vec<AlertChannel>,
    /// Current problems.
    pub active: Vec<ActiveAlert>,
    /// The most recent notifications, the newest first.
    pub latest: Vec<Notification>,
    /// Results of the last daily checks.
    pub checks: Vec<DailyCheck>,
    /// All data centers.
    pub data_centers: Vec<DataCenter>,
}

impl Alerts {
    /// Returns the state of the alerts. Contains no secret.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn overview(&self) -> Result<AlertOverview, MailError> {
        let store = &self.store;
        let mut active = Vec::new();
        for condition in store.alert_conditions().await? {
            let notifications = store.notifications_about(&condition.id).await?;
            active.push(ActiveAlert {
                condition,
                notifications,
            });
        }
        let data_centers = store.data_centers().await?;
        let mut checks = Vec::new();
        for data_center in &data_centers {
            checks.extend(store.daily_check(&data_center.id).await?);
        }
        Ok(AlertOverview {
            settings: store.alert_settings().await?,
            channels: store.alert_channels().await?,
            active,
            latest: store.latest_notifications(MAX_NOTIFICATIONS).await?,
            checks,
            data_centers,
        })
    }
}
