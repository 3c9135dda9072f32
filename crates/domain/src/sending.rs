//! What applies to everything that a data center sends.

use serde::{Deserialize, Serialize};

use crate::{EmailAddress, Finding, Provider, UnixTime};

/// How much a provider takes; `None`: no limit is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingLimits {
    /// Messages in any 60 seconds.
    pub per_minute: Option<u32>,
    /// Messages in any 24 hours.
    pub per_day: Option<u32>,
    /// Connections at a time, of all servers together.
    pub connections: Option<u32>,
    /// Recipients of one SMTP transaction.
    pub recipients: Option<u32>,
}

impl SendingLimits {
    /// What the provider says it takes (November 2026): Gmail API and Workspace help "sending limits", Exchange Online
    /// service description "sending limits".
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

/// What an administrator has chosen for the sending of one data center.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingSettings {
    /// Counts the saves; 0 when nothing has been saved yet.
    pub version: i64,
    /// Addresses that programs may send from besides the From address of the SMTP settings.
    pub allowed_from: Vec<EmailAddress>,
    /// Limits in place of those of the provider, field by field.
    pub limits: SendingLimits,
    /// Contents of delivered messages are dropped at once.
    pub drop_content: bool,
    /// Days after which finished messages are forgotten; `None`: [`SendingSettings::RETENTION_DAYS`].
    pub retention_days: Option<u32>,
}

impl SendingSettings {
    /// How long finished messages are kept unless somebody chooses otherwise: days.
    pub const RETENTION_DAYS: u32 = 30;

    /// What is in force with a provider: what was chosen, else what the provider says.
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

/// A data center that does not send for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingPause {
    /// Until when.
    pub until: UnixTime,
    /// Why.
    pub finding: Finding,
}

/// How much of its limits a data center has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingUse {
    /// Messages in the last 60 seconds.
    pub last_minute: u32,
    /// Messages in the last 24 hours.
    pub last_day: u32,
    /// Connections that are open.
    pub connections: u32,
}

/// What happened in one hour, for the chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourCounts {
    /// The first second of the hour.
    pub hour: UnixTime,
    /// Messages that were accepted from programs.
    pub accepted: i64,
    /// Messages that were delivered, also partly.
    pub delivered: i64,
    /// Messages that were given up.
    pub failed: i64,
    /// Messages that somebody cancelled.
    pub cancelled: i64,
    /// Messages that were given up or cancelled, and then tried again.
    pub retried: i64,
}
