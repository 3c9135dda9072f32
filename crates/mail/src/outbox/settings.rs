//! Sending settings of a data center.

use domain::{
    Actor, Change, DataCenterId, EmailAddress, FormErrors, SendingField, SendingForm,
    SendingFormError, SendingSettings,
};
use store::SaveSendingOutcome;

use super::Outbox;
use crate::MailError;

/// The reason why sending settings were not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveSendingError {
    /// Some fields are invalid.
    #[error("some fields are invalid")]
    Form(FormErrors<SendingField, SendingFormError>),
    /// Another user saved since the form was opened.
    #[error("another user saved version {version}")]
    Conflict {
        /// The current version.
        version: i64,
    },
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Outbox {
    /// Returns the sending settings of a data center.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn settings(&self, id: &DataCenterId) -> Result<SendingSettings, MailError> {
        Ok(self.store.sending_settings(id).await?)
    }

    /// Saves the submitted form and returns the new version.
    ///
    /// # Errors
    /// `Form` if a field is invalid, `Conflict` if another user saved since the form was opened,
    /// `Mail` if the data center does not exist or the database fails.
    pub async fn save_settings(
        &self,
        form: &SendingForm,
        by: &Actor,
    ) -> Result<i64, SaveSendingError> {
        let id =
            DataCenterId::parse(&form.data_center).map_err(|_| MailError::UnknownDataCenter)?;
        let settings = form.parse().map_err(SaveSendingError::Form)?;
        let before = self.settings(&id).await?;
        let outcome = self
            .store
            .save_sending_settings(
                &id,
                &settings,
                changes(&before, &settings),
                by,
                self.clock.now(),
            )
            .await;
        match outcome.map_err(MailError::from)? {
            SaveSendingOutcome::Saved(version) => {
                tracing::info!(data_center = %id, version, "sending settings saved");
                self.changes.notify();
                Ok(version)
            }
            SaveSendingOutcome::Conflict(version) => Err(SaveSendingError::Conflict { version }),
            SaveSendingOutcome::UnknownDataCenter => Err(MailError::UnknownDataCenter.into()),
        }
    }
}

/// Returns one change for each field that differs, in the order of the form.
fn changes(old: &SendingSettings, new: &SendingSettings) -> Vec<Change> {
    let fields = SendingField::ALL.iter().copied();
    fields
        .filter_map(|field| {
            let (old, new) = (value(old, field), value(new, field));
            (old != new).then(|| Change::of(field.name(), old, new))
        })
        .collect()
}

/// Returns the value of a field; `None` if nothing is set.
fn value(settings: &SendingSettings, field: SendingField) -> Option<String> {
    let limits = settings.limits;
    let number = match field {
        SendingField::AllowedFrom => {
            let addresses: Vec<_> = settings
                .allowed_from
                .iter()
                .map(EmailAddress::as_str)
                .collect();
            return (!addresses.is_empty()).then(|| addresses.join(", "));
        }
        SendingField::DropContent => {
            return Some(if settings.drop_content { "on" } else { "off" }.to_owned());
        }
        SendingField::PerMinute => limits.per_minute,
        SendingField::PerDay => limits.per_day,
        SendingField::Connections => limits.connections,
        SendingField::Recipients => limits.recipients,
        SendingField::RetentionDays => settings.retention_days,
    };
    number.map(|number| number.to_string())
}
