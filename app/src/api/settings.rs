//! The settings page: what it shows, saving, presets.

use domain::{AuthorizationId, DataCenter, GrantStatus, Preset, SavedSettings, SmtpForm};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// What the settings page of a data center shows. Holds no secret: it is printed into the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpPage {
    /// All data centers.
    pub data_centers: Vec<DataCenter>,
    /// The settings.
    pub saved: SavedSettings,
    /// The grant.
    pub status: GrantStatus,
    /// The sandbox, when the server was started with one.
    pub sandbox: Option<Preset>,
    /// The redirect URL as the server sees it.
    pub redirect_url: String,
    /// What was typed without WASM.
    pub draft: Option<SmtpForm>,
    /// The check that was made without WASM, or the last one, as it is shown. Part of the page that the server renders, and
    /// not of what the browser takes up.
    #[serde(skip)]
    pub report: String,
    /// Who a test email without WASM was for.
    pub recipient: String,
    /// Who looks may change the settings.
    pub may_edit: bool,
    /// Who looks may send test emails.
    pub may_test: bool,
}

/// What follows a save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextStep {
    /// Nothing: no OAuth.
    Nothing,
    /// The administrator signs in.
    SignIn {
        /// The authorization.
        id: AuthorizationId,
        /// The provider's page.
        url: String,
    },
    /// The settings are saved, the authorization could not begin.
    SignInUnavailable,
}

/// Settings were saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedAnswer {
    /// The version that is saved now.
    pub version: i64,
    /// A grant for other values has ended.
    pub grant_ended: bool,
    /// What follows.
    pub next: NextStep,
}

/// What the settings page shows: `draft` with what was typed without WASM, `check` the id of a check
/// or empty. Only the server renders pages; the browser takes this from the page itself.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`; `Offline` in the browser.
pub async fn smtp_settings_page(
    data_center: String,
    draft: bool,
    check: String,
) -> Result<SmtpPage, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::page(&data_center, draft, &check).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere((data_center, draft, check)).await
}

/// Saves what was typed; `over` is a newer version that it may replace.
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
    let request = super::context::request()?;
    let answer = verbs::save(&form, &request).await;
    if request.wants_html {
        crate::pages::smtp_settings::post::after_save(&form, &answer).await?;
    }
    super::context::answer(answer)
}

/// Fills in the chosen preset, for browsers without WASM.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`.
#[server(prefix = "/api", endpoint = "apply_preset")]
pub async fn apply_preset(form: SmtpForm, overwrite: Option<bool>) -> Result<(), ApiError> {
    let filled = verbs::fill_in(&form, overwrite.unwrap_or_default()).await?;
    crate::pages::smtp_settings::post::after_preset(&form, filled).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{CheckId, Preset, Provider, Role, SmtpForm};

    use super::{NextStep, SavedAnswer, SmtpPage};
    use crate::{
        api::context::{self, RequestInfo, mailer},
        error::ApiError,
        rendered,
    };

    pub async fn page(data_center: &str, draft: bool, check: &str) -> Result<SmtpPage, ApiError> {
        let (mailer, request) = (mailer()?, context::request()?);
        let id = context::data_center_id(data_center)?;
        let may_edit = context::may(Role::Administrator);
        let saved = mailer.settings(&id).await?;
        let (asked, shown) = match CheckId::parse(check) {
            _ if !context::may(Role::Operator) => (false, None),
            Ok(check) => (
                true,
                mailer.check(&check).await?.map(|report| (check, report)),
            ),
            Err(_) => (false, mailer.latest_check(&id).await?),
        };
        let shown = shown.as_ref();
        let version = saved.version;
        let report = shown.map(|(id, report)| rendered::report(id, report, version, mailer.now()));
        let recipient = shown
            .filter(|_| asked)
            .map(|(_, report)| report.recipient.clone());
        Ok(SmtpPage {
            data_centers: mailer.data_centers().await?,
            saved,
            status: mailer.grant_status(&id).await?,
            sandbox: mailer.sandbox().cloned(),
            redirect_url: request.redirect_url.to_string(),
            draft: if draft && may_edit {
                mailer.draft(&context::signed_in()?.session, &id).await?
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
            .save_settings(form, &request.redirect_url, &request.actor)
            .await?;
        let session = context::signed_in()?.session;
        let next = if form.uses_oauth() {
            let id = context::data_center_id(&form.data_center)?;
            match mailer
                .begin_authorization(&id, &session, &request.actor)
                .await
            {
                Ok(begun) => NextStep::SignIn {
                    id: begun.id,
                    url: begun.url,
                },
                Err(error) => {
                    // Logs it.
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

    /// The form with its preset filled in; `None` when that would replace what was typed.
    pub async fn fill_in(form: &SmtpForm, overwrite: bool) -> Result<Option<SmtpForm>, ApiError> {
        let mailer = mailer()?;
        let id = context::data_center_id(&form.data_center)?;
        let provider = Provider::from_code(&form.provider).ok_or(ApiError::BadRequest)?;
        let preset = match provider {
            Provider::Sandbox => mailer.sandbox().cloned(),
            provider => Preset::of(provider),
        };
        let Some(preset) = preset else {
            return Ok(Some(form.clone()));
        };
        let opened = SmtpForm::open(&mailer.settings(&id).await?, &form.redirect_url);
        if !overwrite && !form.overwritten_by(&preset, &opened).is_empty() {
            return Ok(None);
        }
        let mut filled = form.clone();
        filled.apply(&preset);
        Ok(Some(filled))
    }
}
