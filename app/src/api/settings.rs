//! The settings page: loads its data, saves, and applies presets.

#[cfg(feature = "ssr")]
mod without_wasm;

use domain::{AuthorizationId, DataCenter, GrantStatus, Preset, SavedSettings, SmtpForm};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Data of the settings page of one data center. Contains no secret, because the data is embedded
/// in the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpPage {
    /// All data centers.
    pub data_centers: Vec<DataCenter>,
    /// Saved settings.
    pub saved: SavedSettings,
    /// State of the grant.
    pub status: GrantStatus,
    /// Preset of the sandbox, if the server was started with one.
    pub sandbox: Option<Preset>,
    /// Redirect URL as the server sees it.
    pub redirect_url: String,
    /// Values that were entered without WASM.
    pub draft: Option<SmtpForm>,
    /// Report of the check that ran without WASM, or of the latest one, as HTML. The server renders
    /// it into the page. It is not part of the data that the browser hydrates.
    #[serde(skip)]
    pub report: String,
    /// Recipient of a test email that was sent without WASM.
    pub recipient: String,
    /// True if the user may change the settings.
    pub may_edit: bool,
    /// True if the user may send test emails.
    pub may_test: bool,
}

/// Step after a save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextStep {
    /// No step: the settings do not use OAuth.
    Nothing,
    /// The administrator signs in at the provider.
    SignIn {
        /// The authorization.
        id: AuthorizationId,
        /// URL of the provider's sign-in page.
        url: String,
    },
    /// The settings are saved, but the authorization could not be started.
    SignInUnavailable,
}

/// Result of a save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAnswer {
    /// Saved version.
    pub version: i64,
    /// True if the save ended a grant that was issued for other values.
    pub grant_ended: bool,
    /// Next step.
    pub next: NextStep,
}

/// Loads the data of the settings page. With `draft`, includes the values that were entered without
/// WASM. `check` is the ID of a check, or empty. Only the server renders pages. The browser reads
/// the data from the page.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`; `Offline` in the browser.
pub async fn smtp_settings_page(
    data_center: String,
    draft: bool,
    check: String,
) -> Result<SmtpPage, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::page(&data_center, draft, &check).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere((data_center, draft, check)).await
}

/// Saves the entered values. `over` is a newer version that may be overwritten.
///
/// # Errors
/// `Form`, `Conflict`, `UnknownDataCenter`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "save_smtp_settings")]
pub async fn save_smtp_settings(
    form: SmtpForm,
    over: Option<i64>,
) -> Result<SavedAnswer, ApiError> {
    let version = over.unwrap_or(form.version);
    let form = SmtpForm { version, ..form };
    let request = crate::request::context::request()?;
    let answer = verbs::save(&form, &request).await;
    if request.wants_html {
        without_wasm::after_save(&form, &answer).await?;
    }
    crate::request::context::answer(answer)
}

/// Applies the chosen preset, for browsers without WASM.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`.
#[server(prefix = "/api", endpoint = "apply_preset")]
pub async fn apply_preset(form: SmtpForm, overwrite: Option<bool>) -> Result<(), ApiError> {
    let filled = verbs::fill_in(&form, overwrite.unwrap_or_default()).await?;
    without_wasm::after_preset(&form, filled).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{CheckId, Preset, Provider, Role, SmtpForm};

    use super::{NextStep, SavedAnswer, SmtpPage};
    use crate::{
        api::run_again,
        error::ApiError,
        rendered,
        request::context::{self, RequestInfo, mailer},
    };

    pub async fn page(data_center: &str, draft: bool, check: &str) -> Result<SmtpPage, ApiError> {
        let (mailer, request) = (mailer()?, context::request()?);
        let id = context::data_center_id(data_center)?;
        let may_edit = context::may(Role::Administrator);
        let saved = mailer.settings.get(&id).await?;
        let (requested, shown) = match CheckId::parse(check) {
            _ if !context::may(Role::Operator) => (false, None),
            Ok(check) => (
                true,
                mailer
                    .doctor
                    .get(&check)
                    .await?
                    .map(|report| (check, report)),
            ),
            Err(_) => (false, mailer.doctor.latest(&id).await?),
        };
        let shown = shown.as_ref();
        let version = saved.version;
        let report = shown.map(|(id, report)| {
            rendered::report(id, report, version, mailer.clock.now(), run_again())
        });
        let recipient = shown
            .filter(|_| requested)
            .map(|(_, report)| report.recipient.clone());
        Ok(SmtpPage {
            data_centers: mailer.settings.data_centers().await?,
            saved,
            status: mailer.settings.grant_status(&id).await?,
            sandbox: mailer.discovery.sandbox().cloned(),
            redirect_url: request.redirect_url.to_string(),
            draft: if draft && may_edit {
                mailer
                    .settings
                    .draft(&context::signed_in()?.session, &id)
                    .await?
            } else {
                None
            },
            report: report.unwrap_or_default(),
            recipient: recipient.unwrap_or_default(),
            may_edit,
            may_test: context::may(Role::Operator),
        })
    }

    pub async fn save(form: &SmtpForm, request: &RequestInfo) -> Result<SavedAnswer, ApiError> {
        let mailer = mailer()?;
        let saved = mailer
            .settings
            .save(form, &request.redirect_url, &request.actor)
            .await?;
        let session = context::signed_in()?.session;
        let next = if form.uses_oauth() {
            let id = context::data_center_id(&form.data_center)?;
            match mailer
                .authorizations
                .begin(&id, &session, &request.actor)
                .await
            {
                Ok(begun) => NextStep::SignIn {
                    id: begun.id,
                    url: begun.url,
                },
                Err(error) => {
                    // The conversion logs the error.
                    let _ = ApiError::from(error);
                    NextStep::SignInUnavailable
                }
            }
        } else {
            NextStep::Nothing
        };
        Ok(SavedAnswer {
            version: saved.version,
            grant_ended: saved.grant_ended,
            next,
        })
    }

    /// Returns the form with its preset applied, or `None` if that would overwrite entered values.
    pub async fn fill_in(form: &SmtpForm, overwrite: bool) -> Result<Option<SmtpForm>, ApiError> {
        let mailer = mailer()?;
        let id = context::data_center_id(&form.data_center)?;
        let provider = Provider::from_code(&form.provider).ok_or(ApiError::BadRequest)?;
        let preset = match provider {
            Provider::Sandbox => mailer.discovery.sandbox().cloned(),
            provider => Preset::of(provider),
        };
        let Some(preset) = preset else {
            return Ok(Some(form.clone()));
        };
        let opened = SmtpForm::open(&mailer.settings.get(&id).await?, &form.redirect_url);
        if !overwrite && !form.overwritten_by(&preset, &opened).is_empty() {
            return Ok(None);
        }
        let mut filled = form.clone();
        filled.apply(&preset);
        Ok(Some(filled))
    }
}
