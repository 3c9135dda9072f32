//! SMTP settings and the status of their grant.

mod changes;
mod data_centers;
mod drafts;

use std::sync::Arc;

use domain::{
    Actor, DataCenterId, FormErrors, GrantStatus, RedirectUrl, SavedSecret, SavedSettings,
    SecretEdit, SmtpField, SmtpForm, SmtpFormError, SmtpFormErrors, SmtpSettings,
};
use secrecy::SecretString;
use store::{GrantState, SaveOutcome, Store, StoredSettings};

use crate::{ChangeNotifier, MailError, SaveError, ServerClock, error::readable_or_missing};

pub(crate) use changes::changes;

/// The result of saving settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The new version.
    pub version: i64,
    /// True if the save ended a grant that was issued for other values.
    pub grant_ended: bool,
}

/// SMTP settings, data centers, and drafts of the settings form.
#[derive(Debug)]
pub struct Settings {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) changes: ChangeNotifier,
}

impl Settings {
    /// Returns the settings of a data center without secrets. Needs neither a valid token nor the
    /// sealing key.
    ///
    /// # Errors
    /// If the database fails or the data center does not exist.
    pub async fn get(&self, id: &DataCenterId) -> Result<SavedSettings, MailError> {
        let data_center = self
            .store
            .data_center(id)
            .await?
            .ok_or(MailError::UnknownDataCenter)?;
        let (version, settings) = match self.store.settings_view(id).await? {
            Some((version, settings)) => (version, Some(settings)),
            None => (0, None),
        };
        Ok(SavedSettings {
            data_center,
            version,
            settings,
        })
    }

    /// Returns the saved settings whose secrets a form may keep. If one of the secrets cannot be
    /// decrypted, the form must contain all of them.
    pub(crate) async fn stored_for_form(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<StoredSettings>, MailError> {
        readable_or_missing(self.store.settings(id).await)
    }

    /// Saves a submitted form. `expected_redirect` is the redirect URL of this server, from the
    /// request or the configuration. Ends a grant that was issued for other values.
    ///
    /// # Errors
    /// If a field is invalid, another user saved since the form was opened, or the database fails.
    pub async fn save(
        &self,
        form: &SmtpForm,
        expected_redirect: &RedirectUrl,
        by: &Actor,
    ) -> Result<Saved, SaveError> {
        let id = data_center_of(form).map_err(SaveError::Form)?;
        let stored = self.stored_for_form(&id).await?;
        let settings = resolve(form, stored.as_ref()).map_err(SaveError::Form)?;
        if let domain::Authentication::OAuth { client, .. } = &settings.authentication
            && client.redirect_url != *expected_redirect
        {
            let error = SmtpFormError::RedirectUrlMismatch;
            return Err(SaveError::Form(FormErrors::one(
                SmtpField::RedirectUrl,
                error,
            )));
        }
        let outcome = self
            .store
            .save_settings(
                &id,
                form.version,
                &settings,
                by,
                changes(stored.as_ref().map(|stored| &stored.settings), &settings),
                self.clock.now(),
            )
            .await;
        match outcome.map_err(MailError::from)? {
            SaveOutcome::Saved {
                version,
                grant_ended,
            } => {
                tracing::info!(data_center = %id, version, grant_ended, "SMTP settings saved");
                self.changes.notify();
                Ok(Saved {
                    version,
                    grant_ended,
                })
            }
            SaveOutcome::Conflict { version } => Err(SaveError::Conflict { version }),
            SaveOutcome::UnknownDataCenter => Err(SaveError::Form(unknown_data_center())),
        }
    }

    /// Returns the status of the grant for the settings page.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn grant_status(&self, id: &DataCenterId) -> Result<GrantStatus, MailError> {
        let settings = self.store.settings_view(id).await?;
        let Some(binding) = settings.and_then(|(_, settings)| settings.grant_binding()) else {
            return Ok(GrantStatus::NotUsed);
        };
        let grant = self.store.grant_summary(id).await?;
        let Some(grant) = grant.filter(|grant| grant.binding.covers(&binding)) else {
            let ended_by_save = self.store.grant_removed_at(id).await?;
            return Ok(GrantStatus::NotAuthorized { ended_by_save });
        };
        let account_confirmed = grant.account.is_some();
        let account = grant.account.unwrap_or(grant.binding.username);
        let trouble = match grant.state {
            GrantState::Ended { finding, since } => {
                return Ok(GrantStatus::NeedsAuthorization {
                    account,
                    since,
                    finding,
                });
            }
            GrantState::Failing { finding, .. } => Some(finding),
            GrantState::Active => None,
        };
        Ok(GrantStatus::Authorized {
            account,
            account_confirmed,
            authorized_at: grant.authorized_at,
            valid_until: grant.expires_at,
            scope: grant.scope,
            trouble,
        })
    }
}

/// Returns the data center of a form.
pub(crate) fn data_center_of(form: &SmtpForm) -> Result<DataCenterId, SmtpFormErrors> {
    DataCenterId::parse(&form.data_center).map_err(|_| unknown_data_center())
}

fn unknown_data_center() -> SmtpFormErrors {
    FormErrors::one(SmtpField::DataCenter, SmtpFormError::UnknownDataCenter)
}

/// Converts a parsed form to settings and fills in the kept secrets. The parser ensures that a
/// secret is only kept where it belongs.
pub(crate) fn resolve(
    form: &SmtpForm,
    stored: Option<&StoredSettings>,
) -> Result<SmtpSettings<SecretString>, SmtpFormErrors> {
    let saved: Option<SmtpSettings<SavedSecret>> =
        stored.map(|stored| stored.settings.clone().without_secrets());
    form.parse(saved.as_ref())?
        .try_map_secrets(|field, edit| match edit {
            SecretEdit::Replace(typed) => Ok(typed.expose().into()),
            SecretEdit::Keep => stored
                .and_then(|stored| stored.settings.secret(field))
                .cloned()
                .ok_or_else(|| {
                    FormErrors::one(
                        domain::smtp_form::secret_form_field(field),
                        SmtpFormError::Required,
                    )
                }),
        })
}
