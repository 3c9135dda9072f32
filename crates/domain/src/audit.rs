//! Entries of the audit.

use serde::{Deserialize, Serialize};

use crate::{Actor, UnixTime, codes::codes};

codes! {
    /// Actions that the audit records.
    AuditAction {
        /// The first administrator was created. Subject: the user name.
        SetupFinished = "setup_finished",
        /// A user signed in.
        SignedIn = "signed_in",
        /// A sign-in failed because of a wrong name or password. Subject: the user name, if an
        /// account has it.
        SignInFailed = "sign_in_failed",
        /// Sign-ins were slowed down after too many failures. Subject: as for `SignInFailed`.
        SignInSlowed = "sign_in_slowed",
        /// A user signed out.
        SignedOut = "signed_out",
        /// A session was ended from the list of sessions. Subject: the user name.
        SessionEnded = "session_ended",
        /// An account was added. Subject: the user name.
        AccountAdded = "account_added",
        /// An account was removed. Subject: the user name.
        AccountRemoved = "account_removed",
        /// The role of an account was changed. Subject: the user name.
        RoleChanged = "role_changed",
        /// A link to choose a password was created. Subject: the user name.
        PasswordLinkMade = "password_link_made",
        /// A password was set. Subject: the user name.
        PasswordSet = "password_set",
        /// An API key was created. Subject: its name.
        KeyMade = "key_made",
        /// An API key was revoked. Subject: its name.
        KeyEnded = "key_ended",
        /// A sender was added. Subject: its name.
        SenderAdded = "sender_added",
        /// A sender was changed. Subject: its name.
        SenderChanged = "sender_changed",
        /// A sender got a new password. Subject: its name.
        SenderPasswordMade = "sender_password_made",
        /// A sender was removed. Subject: its name.
        SenderRemoved = "sender_removed",
        /// A request was denied because a role or scope was missing. Subject: the requested
        /// resource.
        AccessDenied = "access_denied",
        /// An invalid API key was used.
        KeyRefused = "key_refused",
        /// A user name and password that are not those of a sender were used.
        SenderRefused = "sender_refused",
        /// SMTP settings were saved. Subject: the data center.
        SettingsSaved = "settings_saved",
        /// A data center was added. Subject: its ID.
        DataCenterAdded = "data_center_added",
        /// A data center was renamed. Subject: its ID.
        DataCenterRenamed = "data_center_renamed",
        /// A data center was removed. Subject: its ID.
        DataCenterRemoved = "data_center_removed",
        /// An authorization was started. Subject: the data center.
        AuthorizationBegun = "authorization_begun",
        /// An authorization produced a grant. Subject: the data center.
        AuthorizationFinished = "authorization_finished",
        /// An authorization failed, or a callback was rejected. Subject: the data center, if it is
        /// known.
        AuthorizationFailed = "authorization_failed",
        /// A token refresh failed and will be retried. Subject: the data center.
        RefreshFailed = "refresh_failed",
        /// A grant ended and needs a new authorization. Subject: the data center.
        GrantEnded = "grant_ended",
        /// A test email was attempted. Subject: the data center.
        TestEmailSent = "test_email_sent",
        /// A message in the outbox was scheduled for an immediate retry. Subject: its ID.
        MessageRetried = "message_retried",
        /// A message in the outbox was cancelled. Subject: its ID.
        MessageCancelled = "message_cancelled",
        /// A message was sent again, as a new message. Subject: the ID of the old one.
        MessageResent = "message_resent",
        /// Sending settings were saved. Subject: the data center.
        SendingSaved = "sending_saved",
        /// An inbound-mail webhook was saved. Subject: the data center.
        InboundWebhookSaved = "mail_hook_saved",
        /// An inbound-mail webhook was removed. Subject: the data center.
        InboundWebhookRemoved = "mail_hook_removed",
        /// Alert settings were saved.
        AlertsSaved = "alerts_saved",
        /// A notification channel was added. Subject: its host or its recipient.
        ChannelAdded = "route_added",
        /// A notification channel was changed. Subject: its host or its recipient.
        ChannelChanged = "route_changed",
        /// A notification channel was removed. Subject: its host or its recipient.
        ChannelRemoved = "route_removed",
        /// A test notification was sent. Subject: the channel's host or its recipient.
        TestAlertSent = "test_alert_sent",
        /// The key that seals secrets was replaced.
        SealingKeyRotated = "sealing_key_rotated",
        /// The audit was exported.
        ActivityExported = "activity_exported",
    }
}

impl AuditAction {
    /// Returns true if the subject of the action is the ID of a data center.
    pub fn is_about_data_center(self) -> bool {
        matches!(
            self,
            Self::SettingsSaved
                | Self::DataCenterAdded
                | Self::DataCenterRenamed
                | Self::DataCenterRemoved
                | Self::AuthorizationBegun
                | Self::AuthorizationFinished
                | Self::AuthorizationFailed
                | Self::RefreshFailed
                | Self::GrantEnded
                | Self::TestEmailSent
                | Self::SendingSaved
                | Self::InboundWebhookSaved
                | Self::InboundWebhookRemoved
        )
    }
}

/// Changed value, or a fact about the action. Never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Name of the field or fact.
    pub field: String,
    /// Previous value. `None` if it was empty or is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// New value. `None` if it is empty or is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// True if the values are secret. The audit then records only that they changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

impl Change {
    /// Returns a fact about the action.
    pub fn fact(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            old: None,
            new: Some(value.into()),
            secret: false,
        }
    }

    /// Returns a changed value.
    pub fn of(field: impl Into<String>, old: Option<String>, new: Option<String>) -> Self {
        Self {
            field: field.into(),
            old,
            new,
            secret: false,
        }
    }

    /// Returns a changed secret, without its values.
    pub fn secret(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            old: None,
            new: None,
            secret: true,
        }
    }
}

/// Action before it has a sequence number in the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Time of the action.
    #[serde(with = "crate::time::rfc3339")]
    pub at: UnixTime,
    /// Originator of the action.
    pub actor: Actor,
    /// Kind of action.
    pub action: AuditAction,
    /// Object of the action, depending on [`AuditAction`].
    pub subject: String,
    /// Changed values and other facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// Entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Sequence number, which counts from 1 without gaps.
    pub sequence: i64,
    /// Recorded action.
    #[serde(flatten)]
    pub record: AuditRecord,
}

/// Filter for entries. Empty fields match every entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// User name or name of an API key, in any case.
    pub who: String,
    /// Kind of action.
    pub action: Option<AuditAction>,
    /// Data center (its ID or name), account, or API key that the entry is about.
    pub subject: String,
    /// Earliest time, inclusive.
    pub since: Option<UnixTime>,
    /// Latest time, exclusive.
    pub until: Option<UnixTime>,
}

#[cfg(test)]
mod tests {
    use super::AuditAction;

    #[test]
    fn every_action_is_known_by_its_code() {
        for action in AuditAction::ALL {
            assert_eq!(AuditAction::from_code(action.code()), Some(*action));
            let json = serde_json::to_string(action).unwrap();
            assert_eq!(json, format!("{:?}", action.code()));
        }
        assert_eq!(AuditAction::from_code(""), None);
    }
}
