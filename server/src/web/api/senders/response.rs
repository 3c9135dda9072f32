//! Response bodies of the sender API. Times are in RFC 3339 format.

use domain::{Sender, UnixTime};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

/// All senders, ordered by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct SenderList {
    /// The senders.
    pub senders: Vec<SenderResponse>,
}

/// A sender.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SenderShown)]
pub struct SenderResponse {
    /// The sender ID.
    pub id: String,
    /// The name.
    pub name: String,
    /// The user name of its credentials; `null` if it has none.
    pub user: Option<String>,
    /// The passwords, newest first, without the secrets.
    pub passwords: Vec<PasswordResponse>,
    /// Addresses and networks from which it may send without signing in.
    pub networks: Vec<String>,
    /// The ID of the data center that it sends from.
    pub data_center: String,
    /// The maximum number of messages in one minute.
    pub messages_per_minute: Option<u32>,
    /// The maximum number of messages in 24 hours.
    pub messages_per_day: Option<u32>,
    /// The time at which it expires.
    pub expires_at: Option<String>,
    /// The number of hours without a message after which an alert is raised.
    pub silent_after_hours: Option<u32>,
    /// Addresses and domains that it may use in `From`.
    pub allowed_from: Vec<String>,
    /// `reject`, `rewrite`, or `keep_name`.
    pub other_from: String,
    /// The display name of all messages.
    pub display_name: Option<String>,
    /// The From address of messages that have none, which also replaces others.
    pub default_from: Option<String>,
    /// `map` or `reject`.
    pub null_sender: String,
    /// Domains that it may send to. Empty for all.
    pub allowed_recipients: Vec<String>,
    /// True if it may read and delete mail over IMAP and POP3.
    pub read_mailbox: bool,
    /// The time at which it was added.
    pub created_at: String,
    /// The time of the last message, accepted or rejected, or of the last sign-in to the mailbox.
    pub last_seen_at: Option<String>,
    /// The number of accepted messages.
    pub accepted: i64,
    /// The number of rejected messages.
    pub rejected: i64,
}

/// A password of a sender, without the secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SenderPasswordShown)]
pub struct PasswordResponse {
    /// The time at which it was created.
    pub created_at: String,
    /// The time at which it expires; `null` for the current password.
    pub expires_at: Option<String>,
}

/// A sender with a new password.
#[derive(Debug, Serialize, ToSchema)]
pub struct SenderWithPassword {
    /// The sender.
    pub sender: SenderResponse,
    /// The password, which is not shown again; `null` if the sender has no credentials.
    pub password: Option<String>,
}

impl SenderWithPassword {
    pub fn of(sender: Sender, password: Option<&SecretString>) -> Self {
        Self {
            sender: SenderResponse::of(sender),
            password: password.map(|password| password.expose_secret().to_owned()),
        }
    }
}

impl SenderResponse {
    pub fn of(sender: Sender) -> Self {
        fn texts<T: ToString>(list: &[T]) -> Vec<String> {
            list.iter().map(ToString::to_string).collect()
        }
        let settings = sender.settings;
        let rules = settings.rules;
        let passwords = sender.passwords.into_iter();
        Self {
            id: sender.id.as_str().to_owned(),
            name: sender.name.to_string(),
            user: sender.user.map(|user| user.as_str().to_owned()),
            passwords: passwords
                .map(|password| PasswordResponse {
                    created_at: password.created_at.rfc3339(),
                    expires_at: password.expires_at.map(UnixTime::rfc3339),
                })
                .collect(),
            networks: texts(&settings.networks),
            data_center: sender.data_center.to_string(),
            messages_per_minute: settings.limits.per_minute,
            messages_per_day: settings.limits.per_day,
            expires_at: settings.expires_at.map(UnixTime::rfc3339),
            silent_after_hours: settings.silent_after_hours,
            allowed_from: texts(&rules.allowed_from),
            other_from: rules.other_from.code().to_owned(),
            display_name: rules.display_name,
            default_from: rules.default_from.map(|from| from.to_string()),
            null_sender: rules.null_sender.code().to_owned(),
            allowed_recipients: texts(&rules.allowed_recipients),
            read_mailbox: settings.read_mailbox,
            created_at: sender.created_at.rfc3339(),
            last_seen_at: sender.last_seen_at.map(UnixTime::rfc3339),
            accepted: sender.accepted,
            rejected: sender.rejected,
        }
    }
}
