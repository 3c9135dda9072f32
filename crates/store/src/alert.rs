//! Alerts: tables `alert_settings`, `alert_routes`, `alert_conditions`, `alert_notifications`,
//! `daily_checks`.

mod condition;
pub(crate) mod daily;
mod notification;
mod observe;
mod route;
mod settings;

pub use condition::ServerBeat;
pub use observe::Observed;
pub(crate) use route::reseal;
pub use route::{RouteOutcome, StoredRoute, StoredTarget};
pub use settings::SaveAlertsOutcome;
