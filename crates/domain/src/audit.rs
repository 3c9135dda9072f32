//! What happened: the entries of the audit.

use serde::{Deserialize, Serialize};

use crate::{Actor, UnixTime, codes::codes};

codes! {
    /// The actions that the audit records.
    AuditAction {
        /// The first administrator was made. Subject: the user name.
        SetupFinished = "setup_finished",
        /// Signed in.
        SignedIn = "signed_in",
        /// A sign-in with a wrong name or password. Subject: the name that was tried, when an account has it.
        SignInFailed = "sign_in_failed",
        /// Too many wrong sign-ins: the next ones have to wait. Subject: as before.
        SignInSlowed = "sign_in_slowed",
        /// Signed out.
        SignedOut = "signed_out",
        /// A session was ended from a list. Subject: the user name.
        SessionEnded = "session_ended",
        /// An account was added. Subject: the user name.
        AccountAdded = "account_added",
        /// An account was removed. Subject: the user name.
        AccountRemoved = "account_removed",
        /// An account may do other things now. Subject: the user name.
        RoleChanged = "role_changed",
        /// A link to choose a password was made. Subject: the user name.
        PasswordLinkMade = "password_link_made",
        /// A password was set. Subject: the user name.
        PasswordSet = "password_set",
        /// An API key was made. Subject: its name.
        KeyMade = "key_made",
        /// An API key was ended. Subject: its name.
        KeyEnded = "key_ended",
        /// Something was refused for want of a role or a scope. Subject: what was asked for.
        AccessDenied = "access_denied",
        /// An API key was shown that is not valid.
        KeyRefused = "key_refused",
        /// SMTP settings were saved. Subject: the data center.
        SettingsSaved = "settings_saved",
        /// A data center was added. Subject: its id.
        DataCenterAdded = "data_center_added",
        /// A data center was renamed. Subject: its id.
        DataCenterRenamed = "data_center_renamed",
        /// A data center was removed. Subject: its id.
        DataCenterRemoved = "data_center_removed",
        /// An authorization began. Subject: the data center.
        AuthorizationBegun = "authorization_begun",
        /// An authorization gave a grant. Subject: the data center.
        AuthorizationFinished = "authorization_finished",
        /// An authorization gave none, or a callback was turned away. Subject: the data center, when it is known.
        AuthorizationFailed = "authorization_failed",
        /// A token could not be renewed; it is tried again. Subject: the data center.
        RefreshFailed = "refresh_failed",
        /// A grant needs authorization. Subject: the data center.
        GrantEnded = "grant_ended",
        /// A test email was tried. Subject: the data center.
        TestEmailSent = "test_email_sent",
        /// A message of the outbox is tried again at once. Subject: its id.
        MessageRetried = "message_retried",
        /// A message of the outbox was cancelled. Subject: its id.
        MessageCancelled = "message_cancelled",
        /// A message was sent once more, as a new one. Subject: the id of the old one.
        MessageResent = "message_resent",
        /// What applies to sending was saved. Subject: the data center.
        SendingSaved = "sending_saved",
        /// It was saved where new mail of a data center is told of.
        MailHookSaved = "mail_hook_saved",
        /// New mail of a data center is told of no more.
        MailHookRemoved = "mail_hook_removed",
        /// What is told as an alert was saved.
        AlertsSaved = "alerts_saved",
        /// A route of alerts was added. Subject: its host or its recipient.
        RouteAdded = "route_added",
        /// A route of alerts was changed. Subject: as before.
        RouteChanged = "route_changed",
        /// A route of alerts was removed. Subject: as before.
        RouteRemoved = "route_removed",
        /// A test alert was sent. Subject: as before.
        TestAlertSent = "test_alert_sent",
        /// The key that seals secrets was replaced.
        SealingKeyRotated = "sealing_key_rotated",
        /// The audit was exported.
        ActivityExported = "activity_exported",
    }
}

impl AuditAction {
    /// Returns true if its subject is the id of a data center.
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
                | Self::MailHookSaved
                | Self::MailHookRemoved
        )
    }
}

/// A value that changed, or a fact about what was done. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The name of the field.
    pub field: String,
    /// What it was; `None` when there was nothing, or when it is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What it is; `None` when there is nothing, or when it is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// The values are secret: only that they changed is told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

impl Change {
    /// A fact.
    pub fn fact(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            old: None,
            new: Some(value.into()),
            secret: false,
        }
    }

    /// A value that changed.
    pub fn of(field: impl Into<String>, old: Option<String>, new: Option<String>) -> Self {
        Self {
            field: field.into(),
            old,
            new,
            secret: false,
        }
    }

    /// A secret that changed.
    pub fn secret(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            old: None,
            new: None,
            secret: true,
        }
    }
}

/// What happened, before it has its place in the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// When.
    #[serde(with = "crate::time::rfc3339")]
    pub at: UnixTime,
    /// Who, from where.
    pub actor: Actor,
    /// What was done.
    pub action: AuditAction,
    /// What it was done to.
    pub subject: String,
    /// What changed, and other facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// An entry of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Counts from 1 without gaps.
    pub sequence: i64,
    /// What happened.
    #[serde(flatten)]
    pub record: AuditRecord,
}

/// Which entries are asked for; empty fields ask for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// By this user name or name of a key, without regard to case.
    pub who: String,
    /// This action.
    pub action: Option<AuditAction>,
    /// About this data center (its id or its name), account or key.
    pub subject: String,
    /// At this time or later.
    pub since: Option<UnixTime>,
    /// Before this time.
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
