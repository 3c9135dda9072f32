//! Alerts: tables `alert_settings`, `alert_channels`, `alert_conditions`, `alert_notifications`,
//! `daily_checks`.

mod channel;
mod condition;
pub(crate) mod daily;
mod notification;
mod observe;
mod settings;

pub(crate) use channel::reseal;
pub use channel::{ChannelOutcome, StoredChannel, StoredTarget};
pub use condition::ServerBeat;
pub use observe::Observed;
pub use settings::SaveAlertsOutcome;
