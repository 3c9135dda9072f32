//! Settings of alerts: which problems cause notifications, and when.

use domain::{
    Actor, AlertSettings, Change, FormErrors,
    alert::{AlertField, AlertSettingsError, AlertSettingsForm},
};
use store::SaveAlertsOutcome;

use super::Alerts;
use crate::MailError;

/// Error when saving the alert settings.
#[derive(Debug, thiserror::Error)]
pub enum SaveAlertsError {
    /// Some fields are invalid.
    #[error("some fields are invalid")]
    Form(FormErrors<AlertField, AlertSettingsError>),
    /// Another user has saved since the form was opened.
    #[error("another user saved version {0}")]
    Conflict(i64),
    /// Any other error.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Alerts {
    /// Saves the alert settings.
    ///
    /// # Errors
    /// If a field is invalid, another user has saved since, or the database fails.
    pub async fn save_settings(
        &self,
        form: &AlertSettingsForm,
        by: &Actor,
    ) -> Result<i64, SaveAlertsError> {
        let new = form.parse().map_err(SaveAlertsError::Form)?;
        let store = &self.store;
        let old = store.alert_settings().await.map_err(MailError::from)?;
        let saved = store
            .save_alert_settings(&new, changes(&old, &new), by, self.clock.now())
            .await;
        match saved.map_err(MailError::from)? {
            SaveAlertsOutcome::Saved(version) => Ok(version),
            SaveAlertsOutcome::Conflict(version) => Err(SaveAlertsError::Conflict(version)),
        }
    }
}

/// Returns the changes for the audit.
fn changes(old: &AlertSettings, new: &AlertSettings) -> Vec<Change> {
    let values = |settings: &AlertSettings| {
        let kinds: Vec<_> = settings.kinds.iter().map(|kind| kind.code()).collect();
        let mut values = vec![
            ("kinds".to_owned(), kinds.join(" ")),
            (
                "outbox_minutes".to_owned(),
                settings.outbox_minutes.to_string(),
            ),
            ("days_before".to_owned(), settings.days_before.to_string()),
            ("daily_check".to_owned(), settings.daily_check.to_string()),
        ];
        for (id, notes) in &settings.notes {
            if let Some(day) = notes.client_secret_expires {
                let day = day.date();
                values.push((format!("client_secret_expires {id}"), day));
            }
            if notes.in_testing {
                values.push((format!("in_testing {id}"), "true".to_owned()));
            }
        }
        values
    };
    let (before, after) = (values(old), values(new));
    let find = |values: &[(String, String)], field: &str| {
        let found = values.iter().find(|(name, _)| name == field);
        found.map(|(_, value)| value.clone())
    };
    let mut fields: Vec<_> = before.iter().chain(&after).map(|(name, _)| name).collect();
    fields.sort();
    fields.dedup();
    fields
        .into_iter()
        .map(|field| Change::of(field, find(&before, field), find(&after, field)))
        .filter(|change| change.old != change.new)
        .collect()
}
