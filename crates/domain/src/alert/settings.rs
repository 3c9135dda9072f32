//! Settings for alert conditions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::AlertKind;
use crate::{DataCenterId, UnixTime};

/// Facts about a data center that only an administrator knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertNotes {
    /// First second (UTC) of the day on which the client secret expires.
    pub client_secret_expires: Option<UnixTime>,
    /// True if the OAuth client is in "Testing" at Google.
    pub in_testing: bool,
}

/// Conditions that notifications are sent for, and their limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertSettings {
    /// Number of saves; 0 if nothing was saved yet. Detects concurrent changes.
    pub version: i64,
    /// Conditions that notifications are sent for.
    pub kinds: BTreeSet<AlertKind>,
    /// Minutes after which a waiting message raises an alert.
    pub outbox_minutes: u32,
    /// Days between the notification and the end of a client secret or unused grant.
    pub days_before: u32,
    /// True if every data center is checked once a day.
    pub daily_check: bool,
    /// Facts that administrators entered for data centers.
    pub notes: BTreeMap<DataCenterId, AlertNotes>,
}

impl Default for AlertSettings {
    fn default() -> Self {
        Self {
            version: 0,
            kinds: AlertKind::ALL.iter().copied().collect(),
            outbox_minutes: 30,
            days_before: 14,
            daily_check: true,
            notes: BTreeMap::new(),
        }
    }
}

impl AlertSettings {
    /// Returns the facts that an administrator entered for a data center.
    pub fn notes_of(&self, id: &DataCenterId) -> AlertNotes {
        self.notes.get(id).copied().unwrap_or_default()
    }
}
