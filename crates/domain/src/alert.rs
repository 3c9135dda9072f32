//! Alerts: conditions of data centers, servers, and senders, channels, and notifications.

mod channel;
mod channel_form;
mod field;
mod form_error;
mod settings;
mod settings_form;

use serde::{Deserialize, Serialize};

use crate::{DataCenterId, Finding, SenderId, UnixTime, codes::codes, id::random_id};

pub use channel::{AlertChannel, ChannelKind};
pub use channel_form::{ChannelForm, NewChannel, Target, TargetEdit};
pub use field::AlertField;
pub use form_error::{
    AlertFormProblem, AlertSettingsError, ChannelFormError, InboundWebhookFormError,
};
pub use settings::{AlertNotes, AlertSettings};
pub use settings_form::AlertSettingsForm;

random_id! {
    /// ID of a condition. The alphabetical order of IDs is the order in which the conditions began.
    AlertId
}

random_id! {
    /// ID of a notification to one channel. Recipients can use it to detect duplicates. The
    /// alphabetical order of IDs is the order of creation.
    NotificationId
}

random_id! {
    /// ID of a notification channel.
    ChannelId
}

codes! {
    /// Kind of problem of a data center, server, or sender.
    AlertKind {
        /// The grant has ended or never existed. An administrator must authorize.
        NeedsAuthorization = "needs_authorization",
        /// The OAuth client is in "Testing" at Google, where grants end after seven days.
        TestingEnds = "testing_ends",
        /// The grant has not been refreshed for nearly 90 days, after which providers end it.
        UnusedEnds = "unused_ends",
        /// The client secret expires soon, according to the date that an administrator entered.
        ClientSecretExpires = "client_secret_expires",
        /// A message has waited longer than the configured limit.
        OutboxOld = "outbox_old",
        /// The daily check failed.
        CheckFails = "check_fails",
        /// The server's disk has little free space left. New mail is still accepted.
        DiskSpaceLow = "disk_space_low",
        /// The server's disk has less free space than the configured minimum. New mail is rejected.
        DiskFull = "disk_full",
        /// The server's data directory is not writable.
        DiskReadOnly = "disk_read_only",
        /// The server's clock differs from the database's. The server delivers no mail.
        ClockDiffers = "clock_differs",
        /// A sender has sent nothing for the number of hours in its settings.
        SenderSilent = "sender_silent",
    }
}

impl AlertKind {
    /// Returns true if mail through the data center may not be delivered. Notifications are not
    /// sent through such a data center.
    pub fn is_broken(self) -> bool {
        matches!(
            self,
            Self::NeedsAuthorization | Self::OutboxOld | Self::CheckFails
        )
    }

    /// Returns true if the condition concerns a data center.
    pub fn is_of_data_center(self) -> bool {
        !self.is_of_server() && self != Self::SenderSilent
    }

    /// Returns true if the condition concerns a server.
    pub fn is_of_server(self) -> bool {
        matches!(
            self,
            Self::DiskSpaceLow | Self::DiskFull | Self::DiskReadOnly | Self::ClockDiffers
        )
    }

    /// Returns true if the server is not ready while the condition lasts.
    pub fn stops_server(self) -> bool {
        self.is_of_server() && self != Self::DiskSpaceLow
    }
}

/// Data center, server, or sender that a condition concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertSubject {
    /// Data center, by its ID.
    DataCenter(DataCenterId),
    /// Server, by its name. Several servers may share one database.
    Server(String),
    /// Sender.
    Sender {
        /// ID of the sender.
        id: SenderId,
        /// Name of the sender at the time when the condition began.
        name: String,
    },
}

impl AlertSubject {
    /// Returns the data center, if the condition concerns one.
    pub fn data_center(&self) -> Option<&DataCenterId> {
        match self {
            Self::DataCenter(id) => Some(id),
            Self::Server(_) | Self::Sender { .. } => None,
        }
    }

    /// Returns the server's name, if the condition concerns a server.
    pub fn server(&self) -> Option<&str> {
        match self {
            Self::Server(name) => Some(name),
            Self::DataCenter(_) | Self::Sender { .. } => None,
        }
    }

    /// Returns the sender, if the condition concerns one.
    pub fn sender(&self) -> Option<&SenderId> {
        match self {
            Self::Sender { id, .. } => Some(id),
            Self::DataCenter(_) | Self::Server(_) => None,
        }
    }
}

/// Details of a condition. Each kind of condition sets a few of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertFacts {
    /// Decoded failure behind the condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// Time at which the grant or the client secret ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<UnixTime>,
    /// Time at which the oldest waiting message was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<UnixTime>,
    /// Free space on the server's disk, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
    /// Seconds by which the server's clock is ahead of the database's; negative if it is behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_seconds: Option<i64>,
    /// Time of the sender's last message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<UnixTime>,
    /// Time of the message that ended the silence. Only set when the condition has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_again_at: Option<UnixTime>,
}

/// Current or past problem of a data center, server, or sender.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertCondition {
    /// ID, which a notification refers to.
    pub id: AlertId,
    /// Data center, server, or sender that has the problem.
    #[serde(flatten)]
    pub subject: AlertSubject,
    /// Kind of problem.
    pub kind: AlertKind,
    /// Details at the time when the condition began.
    pub facts: AlertFacts,
    /// Time at which the condition was detected.
    pub since: UnixTime,
}

codes! {
    /// Event that a channel is notified of.
    NotificationEvent {
        /// A condition began.
        Began = "began",
        /// A condition was resolved.
        Ended = "ended",
        /// A user sent a test notification.
        Test = "test",
    }
}

codes! {
    /// Delivery state of a notification.
    NotificationState {
        /// It is due now or will be retried.
        Waiting = "waiting",
        /// The channel accepted it.
        Delivered = "told",
        /// All attempts failed.
        Failed = "failed",
    }
}

/// Notification about a condition to one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// ID, which stays the same in every attempt.
    pub id: NotificationId,
    /// Channel that it is sent to.
    pub channel: ChannelId,
    /// Event that it reports.
    pub event: NotificationEvent,
    /// Condition that it is about.
    pub condition: AlertCondition,
    /// Time of creation.
    pub created_at: UnixTime,
    /// Delivery state.
    pub state: NotificationState,
    /// Number of attempts so far.
    pub attempts: i64,
    /// Time of the next attempt while it waits.
    pub due_at: UnixTime,
    /// Time at which it was delivered or given up.
    pub finished_at: Option<UnixTime>,
    /// Reason why the last attempt failed.
    pub failure: Option<NotificationFailure>,
}

/// Reason why a channel did not accept a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationFailure {
    /// The webhook request failed.
    Webhook(crate::WebhookFailure),
    /// The data center that sends the email has no settings or was removed.
    NoSettings,
    /// Mailgrant could not send it. The server's log has the cause.
    Unavailable,
}

/// Result of a daily check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyCheck {
    /// Data center that was checked.
    pub data_center: DataCenterId,
    /// Time at which the check started.
    pub started_at: UnixTime,
    /// True if the check has ended.
    pub finished: bool,
    /// Reason why the check failed.
    pub finding: Option<Finding>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_code() {
        for kind in AlertKind::ALL {
            assert_eq!(AlertKind::from_code(kind.code()), Some(*kind));
            let json = serde_json::to_string(kind).unwrap();
            assert_eq!(json, format!("{:?}", kind.code()));
        }
        assert_eq!(AlertKind::from_code(""), None);
    }

    #[test]
    fn a_data_center_whose_grant_ends_soon_still_sends() {
        let broken: Vec<_> = AlertKind::ALL
            .iter()
            .filter(|kind| kind.is_broken())
            .collect();
        let expected = [
            &AlertKind::NeedsAuthorization,
            &AlertKind::OutboxOld,
            &AlertKind::CheckFails,
        ];
        assert_eq!(broken, expected);
    }

    #[test]
    fn a_condition_is_about_one_subject_and_is_read_back_as_it_was_written() {
        for (subject, expected) in [
            (
                AlertSubject::DataCenter(DataCenterId::default()),
                r#""data_center":"default""#,
            ),
            (
                AlertSubject::Server("web-1:3000".into()),
                r#""server":"web-1:3000""#,
            ),
            (
                AlertSubject::Sender {
                    id: SenderId::parse("0f").unwrap(),
                    name: "Printer".into(),
                },
                r#""sender":{"id":"0f","name":"Printer"}"#,
            ),
        ] {
            let condition = AlertCondition {
                id: AlertId::parse("a").unwrap(),
                subject,
                kind: AlertKind::DiskFull,
                facts: AlertFacts::default(),
                since: UnixTime(1_800_000_000),
            };
            let json = serde_json::to_string(&condition).unwrap();
            assert!(json.contains(expected), "{json}");
            let read: AlertCondition = serde_json::from_str(&json).unwrap();
            assert_eq!(read, condition);
        }
    }

    #[test]
    fn only_a_condition_of_the_server_stops_the_server() {
        for kind in AlertKind::ALL {
            assert!(kind.is_of_server() || !kind.stops_server(), "{kind:?}");
            assert!(
                !(kind.is_of_server() && kind.is_of_data_center()),
                "{kind:?}"
            );
        }
    }
}
