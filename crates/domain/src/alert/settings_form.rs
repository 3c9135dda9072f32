//! Unchecked input of the form for alert settings.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{AlertField, AlertKind, AlertNotes, AlertSettings, AlertSettingsError};
use crate::{DataCenterId, FormErrors, UnixTime, number::whole};

/// Form for alert settings. Browsers do not send checkboxes that are off.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AlertSettingsForm {
    /// Version of the settings that the form was opened with: a number.
    pub version: String,
    /// `on` to get notifications for this kind of condition.
    pub needs_authorization: String,
    /// `on` to get notifications for this kind of condition.
    pub testing_ends: String,
    /// `on` to get notifications for this kind of condition.
    pub unused_ends: String,
    /// `on` to get notifications for this kind of condition.
    pub client_secret_expires: String,
    /// `on` to get notifications for this kind of condition.
    pub outbox_old: String,
    /// `on` to get notifications for this kind of condition.
    pub check_fails: String,
    /// `on` to get notifications for this kind of condition.
    pub disk_space_low: String,
    /// `on` to get notifications for this kind of condition.
    pub disk_full: String,
    /// `on` to get notifications for this kind of condition.
    pub disk_read_only: String,
    /// `on` to get notifications for this kind of condition.
    pub clock_differs: String,
    /// `on` to get notifications for this kind of condition.
    pub sender_silent: String,
    /// Minutes after which a waiting message raises an alert.
    pub outbox_minutes: String,
    /// Days between the notification and the end of a secret or grant.
    pub days_before: String,
    /// `on` to check every data center once a day.
    pub daily_check: String,
    /// Facts about data centers: `expires:ID` with a day, and `testing:ID` with `on`.
    #[serde(flatten)]
    pub notes: BTreeMap<String, String>,
}

impl AlertSettingsForm {
    /// Key prefix of the day on which a data center's client secret expires.
    pub const EXPIRES: &str = "expires:";
    /// Key prefix of the checkbox for a data center's OAuth client in "Testing".
    pub const TESTING: &str = "testing:";

    /// Returns true if notifications are sent for this kind of condition.
    pub fn is_enabled(&self, kind: AlertKind) -> bool {
        let typed = match kind {
            AlertKind::NeedsAuthorization => &self.needs_authorization,
            AlertKind::TestingEnds => &self.testing_ends,
            AlertKind::UnusedEnds => &self.unused_ends,
            AlertKind::ClientSecretExpires => &self.client_secret_expires,
            AlertKind::OutboxOld => &self.outbox_old,
            AlertKind::CheckFails => &self.check_fails,
            AlertKind::DiskSpaceLow => &self.disk_space_low,
            AlertKind::DiskFull => &self.disk_full,
            AlertKind::DiskReadOnly => &self.disk_read_only,
            AlertKind::ClockDiffers => &self.clock_differs,
            AlertKind::SenderSilent => &self.sender_silent,
        };
        !typed.is_empty()
    }

    /// Parses the form.
    ///
    /// # Errors
    /// One code for each invalid field.
    pub fn parse(&self) -> Result<AlertSettings, FormErrors<AlertField, AlertSettingsError>> {
        let mut errors = FormErrors::default();
        let minutes = whole(&self.outbox_minutes, 1..=10_080);
        let minutes = errors.check(AlertField::OutboxMinutes, minutes);
        let days = whole(&self.days_before, 1..=90);
        let days = errors.check(AlertField::DaysBefore, days);
        let mut notes = BTreeMap::<DataCenterId, AlertNotes>::new();
        for (name, typed) in &self.notes {
            let typed = typed.trim();
            if let Some(id) = name.strip_prefix(Self::EXPIRES)
                && let Ok(id) = DataCenterId::parse(id)
                && !typed.is_empty()
            {
                let day = UnixTime::of_day(typed).ok_or(AlertSettingsError::NotADate);
                let day = errors.check(AlertField::ClientSecretExpires, day);
                notes.entry(id).or_default().client_secret_expires = day;
            } else if let Some(id) = name.strip_prefix(Self::TESTING)
                && let Ok(id) = DataCenterId::parse(id)
                && !typed.is_empty()
            {
                notes.entry(id).or_default().in_testing = true;
            }
        }
        match (minutes, days) {
            (Some(outbox_minutes), Some(days_before)) if errors.is_empty() => Ok(AlertSettings {
                version: self.version.trim().parse().unwrap_or_default(),
                kinds: AlertKind::ALL
                    .iter()
                    .copied()
                    .filter(|kind| self.is_enabled(*kind))
                    .collect(),
                outbox_minutes,
                days_before,
                daily_check: !self.daily_check.is_empty(),
                notes,
            }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_conditions_and_thresholds() {
        let notes = [
            ("expires:default", "2027-01-31"),
            ("testing:second", "on"),
            ("x", "y"),
        ];
        let form = AlertSettingsForm {
            version: "3".into(),
            outbox_old: "on".into(),
            outbox_minutes: " 45 ".into(),
            days_before: "7".into(),
            notes: notes
                .map(|(name, typed)| (name.into(), typed.into()))
                .into(),
            ..AlertSettingsForm::default()
        };
        let settings = form.parse().unwrap();
        assert_eq!(settings.kinds, [AlertKind::OutboxOld].into());
        assert_eq!(
            (
                settings.version,
                settings.outbox_minutes,
                settings.days_before
            ),
            (3, 45, 7)
        );
        assert!(!settings.daily_check);
        let of = |id| settings.notes_of(&DataCenterId::parse(id).unwrap());
        assert_eq!(
            of("default").client_secret_expires,
            UnixTime::of_day("2027-01-31")
        );
        assert!(of("second").in_testing && !of("default").in_testing);
        let wrong = AlertSettingsForm {
            outbox_minutes: "0".into(),
            ..form.clone()
        };
        let errors = wrong.parse().unwrap_err();
        assert_eq!(
            errors.get(AlertField::OutboxMinutes),
            Some(AlertSettingsError::NotANumber)
        );
        let notes = [("expires:default".to_owned(), "2027-02-30".to_owned())].into();
        let errors = AlertSettingsForm { notes, ..form }.parse().unwrap_err();
        assert_eq!(
            errors.get(AlertField::ClientSecretExpires),
            Some(AlertSettingsError::NotADate)
        );
    }
}
