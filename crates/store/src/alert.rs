//! Alerts: tables `alert_settings`, `alert_channels`, `alert_conditions`, `alert_notifications`,
//! `daily_checks`, `alert_watch`.

mod channel;
mod condition;
pub(crate) mod daily;
mod notification;
mod observe;
mod settings;
mod watch;

pub(crate) use channel::reseal;
pub use channel::{ChannelOutcome, StoredChannel, StoredTarget};
pub use condition::ServerBeat;
pub use observe::Observed;
pub use settings::SaveAlertsOutcome;
