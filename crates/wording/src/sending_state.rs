//! Reasons why a data center sends no mail.

use domain::GrantStatus;

/// Returns the title for a data center without SMTP settings.
pub fn lacks_settings(data_center: &str) -> String {
    [data_center, " has no SMTP settings yet: its messages wait"].concat()
}

/// Returns the title for a data center whose grant keeps it from sending.
pub fn lacks_grant(data_center: &str, grant: &GrantStatus) -> Option<String> {
    let problem = match grant {
        GrantStatus::NotAuthorized {
            ended_by_save: None,
        } => " has not been authorized yet: its messages wait",
        GrantStatus::NeedsAuthorization { .. } | GrantStatus::NotAuthorized { .. } => {
            " needs authorization: its messages wait"
        }
        GrantStatus::NotUsed | GrantStatus::Authorized { .. } => return None,
    };
    Some([data_center, problem].concat())
}

/// Returns the title for a data center that is paused.
pub fn is_paused(data_center: &str) -> String {
    [data_center, " is paused: its messages wait"].concat()
}
