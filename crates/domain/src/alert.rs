//! Alerts: what is wrong with a data center, who is told, and how.

mod field;
mod problem;
mod route;
mod route_form;
mod settings;
mod settings_form;

use serde::{Deserialize, Serialize};

use crate::{DataCenterId, Finding, UnixTime, codes::codes, id::random_id};

pub use field::AlertField;
pub use problem::AlertFormProblem;
pub use route::{AlertRoute, RouteKind};
pub use route_form::{NewRoute, RouteForm, Target, TargetEdit};
pub use settings::{AlertNotes, AlertSettings};
pub use settings_form::AlertSettingsForm;

random_id! {
    /// Names one condition from its beginning to its end. In the order of the text, they are in the order in which they began.
    AlertId
}

random_id! {
    /// Names one message about a condition to one route; whoever gets it twice can tell by it. In the order of the text, they
    /// are in the order in which they were made.
    TellingId
}

random_id! {
    /// Names a route.
    RouteId
}

codes! {
    /// What can be wrong with a data center or with the server.
    AlertKind {
        /// The grant has ended, or there is none: somebody has to authorize.
        NeedsAuthorization = "needs_authorization",
        /// The OAuth client is in "Testing" at Google, whose grants end after seven days.
        TestingEnds = "testing_ends",
        /// The grant has not been renewed for nearly 90 days, after which providers end it.
        UnusedEnds = "unused_ends",
        /// The client secret expires soon, by the date that was noted.
        ClientSecretExpires = "client_secret_expires",
        /// A message has waited too long.
        OutboxOld = "outbox_old",
        /// The daily check has failed.
        CheckFails = "check_fails",
        /// The server's disk has little free space left; new mail is still accepted.
        DiskSpaceLow = "disk_space_low",
        /// The server's disk has less free space than the configured minimum; new mail is refused.
        DiskFull = "disk_full",
        /// The server's data directory cannot be written.
        DiskReadOnly = "disk_read_only",
        /// The server's clock differs from the database's; the server delivers no mail.
        ClockDiffers = "clock_differs",
    }
}

impl AlertKind {
    /// Whether mail through the data center does not go out, or may not; an alert never takes that way then.
    pub fn is_broken(self) -> bool {
        matches!(
            self,
            Self::NeedsAuthorization | Self::OutboxOld | Self::CheckFails
        )
    }

    /// Returns true if the condition belongs to a server and not to one data center.
    pub fn is_of_server(self) -> bool {
        matches!(
            self,
            Self::DiskSpaceLow | Self::DiskFull | Self::DiskReadOnly | Self::ClockDiffers
        )
    }

    /// Returns true if the server cannot do its work while the condition lasts, and so is not ready.
    pub fn stops_server(self) -> bool {
        self.is_of_server() && self != Self::DiskSpaceLow
    }
}

/// The part of the installation that a condition is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertSubject {
    /// A data center.
    DataCenter(DataCenterId),
    /// A server, by its name. Several servers may share one database.
    Server(String),
}

impl AlertSubject {
    /// The data center, if the condition is about one.
    pub fn data_center(&self) -> Option<&DataCenterId> {
        match self {
            Self::DataCenter(id) => Some(id),
            Self::Server(_) => None,
        }
    }

    /// The server's name, if the condition is about a server.
    pub fn server(&self) -> Option<&str> {
        match self {
            Self::DataCenter(_) => None,
            Self::Server(name) => Some(name),
        }
    }
}

/// What is known of a condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertFacts {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// When the grant or the secret ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<UnixTime>,
    /// When the oldest message that waits was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<UnixTime>,
    /// Free space on the server's disk, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
    /// Seconds by which the server's clock is ahead of the database's; negative if it is behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_seconds: Option<i64>,
}

/// Something that is wrong with a data center or with a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertCondition {
    /// Its id.
    pub id: AlertId,
    /// The data center or server.
    #[serde(flatten)]
    pub subject: AlertSubject,
    /// What is wrong.
    pub kind: AlertKind,
    /// What is known of it, as of when it began.
    pub facts: AlertFacts,
    /// When it was noticed.
    pub since: UnixTime,
}

codes! {
    /// What a route is told.
    TellingEvent {
        /// Something is wrong.
        Began = "began",
        /// It is well again.
        Ended = "ended",
        /// Somebody tries the route.
        Test = "test",
    }
}

codes! {
    /// Where a message to a route stands.
    TellingState {
        /// It goes out, or is tried again.
        Waiting = "waiting",
        /// It was taken.
        Told = "told",
        /// It was given up.
        Failed = "failed",
    }
}

/// A message about a condition to one route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// Its id.
    pub id: TellingId,
    /// Who is told.
    pub route: RouteId,
    /// What.
    pub event: TellingEvent,
    /// About what.
    pub condition: AlertCondition,
    /// When it was made.
    pub created_at: UnixTime,
    /// Where it stands.
    pub state: TellingState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried again, while it waits.
    pub due_at: UnixTime,
    /// When it was told or given up.
    pub finished_at: Option<UnixTime>,
    /// Why it was not taken the last time.
    pub failure: Option<TellingFailure>,
}

/// Why a message was not taken by a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TellingFailure {
    /// The webhook did not arrive.
    Webhook(crate::WebhookFailure),
    /// The data center that the mail goes through has no settings, or is gone.
    NoSettings,
    /// Mailgrant could not do it; its log says why.
    Unavailable,
}

/// How a daily check ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyCheck {
    /// The data center.
    pub data_center: DataCenterId,
    /// When it was begun.
    pub started_at: UnixTime,
    /// Whether it has ended.
    pub finished: bool,
    /// Why it failed.
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
    fn what_will_only_end_soon_still_sends() {
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
    fn a_condition_is_about_a_data_center_or_a_server_and_is_read_back_as_it_was_written() {
        for (subject, expected) in [
            (
                AlertSubject::DataCenter(DataCenterId::default()),
                r#""data_center":"default""#,
            ),
            (
                AlertSubject::Server("web-1:3000".into()),
                r#""server":"web-1:3000""#,
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
        }
    }
}
