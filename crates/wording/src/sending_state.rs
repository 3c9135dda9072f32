//! Reasons why a data center sends no mail, as titles that follow its name.

use domain::GrantStatus;

/// Title for a data center without SMTP settings.
pub const LACKS_SETTINGS: &str = "has no SMTP settings yet: its messages wait";

/// Title for a data center that is paused.
pub const IS_PAUSED: &str = "is paused: its messages wait";

/// Returns the title for a data center whose grant keeps it from sending.
pub fn lacks_grant(grant: &GrantStatus) -> Option<&'static str> {
    match grant {
        GrantStatus::NotAuthorized {
            ended_by_save: None,
        } => Some("has not been authorized yet: its messages wait"),
        GrantStatus::NeedsAuthorization { .. } | GrantStatus::NotAuthorized { .. } => {
            Some("needs authorization: its messages wait")
        }
        GrantStatus::NotUsed | GrantStatus::Authorized { .. } => None,
    }
}
