//! What is told, and when.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::AlertKind;
use crate::{DataCenterId, UnixTime};

/// What is noted of one data center, which nobody but an administrator knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertNotes {
    /// The first second (UTC) of the day on which the client secret expires.
    pub client_secret_expires: Option<UnixTime>,
    /// The OAuth client is in "Testing" at Google.
    pub in_testing: bool,
}

/// What is told, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertSettings {
    /// Counts the saves; 0 when nothing has been saved yet.
    pub version: i64,
    /// What is told.
    pub kinds: BTreeSet<AlertKind>,
    /// A message that has waited longer is too old: minutes.
    pub outbox_minutes: u32,
    /// How long before the end of a client secret or an unused grant it is told: days.
    pub days_before: u32,
    /// Whether every data center is checked once a day.
    pub daily_check: bool,
    /// What is noted of the data centers.
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
    /// What is noted of a data center.
    pub fn notes_of(&self, id: &DataCenterId) -> AlertNotes {
        self.notes.get(id).copied().unwrap_or_default()
    }
}
