//! Responses to the form of this page when it is posted without WASM.
//!
//! The server functions do the work. The entered values are stored as a draft, and the response
//! redirects to the page that shows it. Neither values nor secrets are part of a URL.

use domain::{AddressError, CheckId, Role, SmtpForm};

use crate::{
    api::{
        NextStep, SavedAnswer,
        context::{self, mailer},
    },
    error::ApiError,
    paths,
};

const PAGE: &str = paths::SmtpSettings::PATH;

/// Redirects to the page after a save, or to the provider.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`.
pub async fn after_save(
    form: &SmtpForm,
    answer: &Result<SavedAnswer, ApiError>,
) -> Result<(), ApiError> {
    let id = context::data_center_id(&form.data_center)?;
    match answer {
        Ok(saved) => {
            mailer()?
                .settings
                .delete_draft(&context::signed_in()?.session, &id)
                .await?;
            match &saved.next {
                NextStep::SignIn { url, .. } => context::redirect(url),
                next => {
                    let how = if *next == NextStep::Nothing {
                        "1"
                    } else {
                        "half"
                    };
                    let grant = if saved.grant_ended {
                        "&grant=ended"
                    } else {
                        ""
                    };
                    context::redirect(&format!(
                        "{PAGE}?data_center={id}&saved={how}{grant}#outcome"
                    ))
                }
            }
        }
        Err(ApiError::Form(_) | ApiError::Conflict { .. } | ApiError::Unavailable) => {
            mailer()?
                .settings
                .save_draft(&context::signed_in()?.session, form)
                .await?;
            context::redirect(&format!("{PAGE}?data_center={id}&draft=refused#outcome"))
        }
        // The error travels in the URL as a code.
        Err(_) => Ok(()),
    }
}

/// Redirects to the page with a preset applied, or with the question whether it may overwrite
/// entered values.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`.
pub async fn after_preset(typed: &SmtpForm, filled: Option<SmtpForm>) -> Result<(), ApiError> {
    let id = context::data_center_id(&typed.data_center)?;
    let ask = if filled.is_none() { "&overwrite=1" } else { "" };
    let form = filled.as_ref().unwrap_or(typed);
    mailer()?
        .settings
        .save_draft(&context::signed_in()?.session, form)
        .await?;
    context::redirect(&format!("{PAGE}?data_center={id}&draft=1{ask}#provider"))
}

/// Redirects to the page with the report of a test email, or with the errors.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`.
pub async fn after_test(
    form: &SmtpForm,
    outcome: Result<&CheckId, &ApiError>,
) -> Result<(), ApiError> {
    let id = context::data_center_id(&form.data_center)?;
    let session = context::signed_in()?.session;
    // Users who may not change settings entered only the recipient.
    if context::may(Role::Administrator) {
        mailer()?.settings.save_draft(&session, form).await?;
    }
    let rest = match outcome {
        Ok(check) => format!("draft=1&check={}#connection", check.as_str()),
        Err(ApiError::NoSettings) => "check=none#connection".to_owned(),
        Err(ApiError::SecretUnreadable) => "check=unreadable#connection".to_owned(),
        Err(ApiError::Test { errors, recipient }) => {
            let draft = if errors.is_empty() { "1" } else { "refused" };
            match recipient {
                Some(AddressError::Required) => {
                    format!("draft={draft}&recipient=required#test-email")
                }
                Some(_) => format!("draft={draft}&recipient=wrong#test-email"),
                None => format!("draft={draft}#outcome"),
            }
        }
        Err(_) => "draft=1&check=unavailable#connection".to_owned(),
    };
    context::redirect(&format!("{PAGE}?data_center={id}&{rest}"))
}
