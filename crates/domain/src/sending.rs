//! Sending settings: limits, allowed senders, and retention.

use serde::{Deserialize, Serialize};

use crate::{EmailAddress, Finding, Provider, UnixTime};

/// Limits of a provider. `None` means that no limit is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingLimits {
    /// Messages in any period of 60 seconds.
    pub per_minute: Option<u32>,
    /// Messages in any period of 24 hours.
    pub per_day: Option<u32>,
    /// Concurrent connections of all servers together.
    pub connections: Option<u32>,
    /// Recipients per SMTP transaction.
    pub recipients: Option<u32>,
}

impl SendingLimits {
    /// Returns the limits that the provider documents (November 2026): Gmail API and Workspace help
    /// "sending limits", Exchange Online service description "sending limits".
    pub fn of(provider: Provider) -> Self {
        match provider {
            Provider::Google | Provider::GoogleRelay => Self {
                per_minute: None,
                per_day: Some(2_000),
                connections: None,
                recipients: Some(100),
            },
            Provider::Microsoft365 | Provider::OutlookCom => Self {
                per_minute: Some(30),
                per_day: Some(10_000),
                connections: Some(3),
                recipients: Some(1_000),
            },
            _ => Self::default(),
        }
    }
}

/// Sending settings of a data center.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingSettings {
    /// Number of saves; 0 if nothing was saved yet. Detects concurrent changes.
    pub version: i64,
    /// Sender addresses that programs may use in addition to the configured From address.
    pub allowed_from: Vec<EmailAddress>,
    /// Limits that override those of the provider, field by field.
    pub limits: SendingLimits,
    /// True to delete the content of a message immediately after delivery.
    pub drop_content: bool,
    /// Days after which finished messages are deleted. `None` means
    /// [`SendingSettings::RETENTION_DAYS`].
    pub retention_days: Option<u32>,
}

impl SendingSettings {
    /// Default number of days that finished messages are kept.
    pub const RETENTION_DAYS: u32 = 30;

    /// Returns the effective limits: the configured ones, or else those of the provider.
    pub fn limits_with(&self, provider: Provider) -> SendingLimits {
        let (own, of) = (self.limits, SendingLimits::of(provider));
        SendingLimits {
            per_minute: own.per_minute.or(of.per_minute),
            per_day: own.per_day.or(of.per_day),
            connections: own.connections.or(of.connections),
            recipients: own.recipients.or(of.recipients),
        }
    }
}

/// Temporary pause of a data center's sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingPause {
    /// Time at which sending resumes.
    pub until: UnixTime,
    /// Reason for the pause.
    pub finding: Finding,
}

/// Current use of a data center's limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingUse {
    /// Messages in the last 60 seconds.
    pub last_minute: u32,
    /// Messages in the last 24 hours.
    pub last_day: u32,
    /// Open connections.
    pub connections: u32,
}

/// Numbers of messages in one hour, for the chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourCounts {
    /// First second of the hour.
    pub hour: UnixTime,
    /// Messages accepted from programs.
    pub accepted: i64,
    /// Messages delivered, including partly delivered ones.
    pub delivered: i64,
    /// Messages given up.
    pub failed: i64,
    /// Messages cancelled by users.
    pub cancelled: i64,
    /// Messages that were given up or cancelled and then retried.
    pub retried: i64,
}
