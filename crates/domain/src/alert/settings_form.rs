//! What is told, and when: what was typed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{AlertField, AlertKind, AlertNotes, AlertSettings};
use crate::{DataCenterId, FieldError, FormErrors, UnixTime, number::whole};

/// What is told, and when. A checkbox that is off is not sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AlertSettingsForm {
    /// The version that was seen: a number.
    pub version: String,
    /// `on` for each kind that is told, by its code.
    pub needs_authorization: String,
    /// The same.
    pub testing_ends: String,
    /// The same.
    pub unused_ends: String,
    /// The same.
    pub client_secret_expires: String,
    /// The same.
    pub outbox_old: String,
    /// The same.
    pub check_fails: String,
    /// The same.
    pub disk_space_low: String,
    /// The same.
    pub disk_full: String,
    /// The same.
    pub disk_read_only: String,
    /// The same.
    pub clock_differs: String,
    /// After how many minutes a message is too old.
    pub outbox_minutes: String,
    /// How many days before the end it is told.
    pub days_before: String,
    /// `on`: every data center is checked once a day.
    pub daily_check: String,
    /// What is noted of data centers: `expires:ID` with a day, `testing:ID` with `on`.
    #[serde(flatten)]
    pub notes: BTreeMap<String, String>,
}

impl AlertSettingsForm {
    /// Where the day of a data center's secret stands.
    pub const EXPIRES: &str = "expires:";
    /// Where it stands that a data center's OAuth client is in "Testing".
    pub const TESTING: &str = "testing:";

    /// Whether a kind is told.
    pub fn tells(&self, kind: AlertKind) -> bool {
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
        };
        !typed.is_empty()
    }

    /// The settings.
    ///
    /// # Errors
    /// Codes per field.
    pub fn parse(&self) -> Result<AlertSettings, FormErrors<AlertField>> {
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
                let day = UnixTime::of_day(typed).ok_or(FieldError::NotADate);
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
                    .filter(|kind| self.tells(*kind))
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
    fn reads_what_is_told_and_when() {
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
            Some(FieldError::NotANumber)
        );
        let notes = [("expires:default".to_owned(), "2027-02-30".to_owned())].into();
        let errors = AlertSettingsForm { notes, ..form }.parse().unwrap_err();
        assert_eq!(
            errors.get(AlertField::ClientSecretExpires),
            Some(FieldError::NotADate)
        );
    }
}
