//! Responses to the form of the settings page when it is posted without WASM.
//!
//! The entered values are stored as a draft, and the response redirects to the page that shows it.
//! Neither values nor secrets are part of a URL.

use domain::SmtpForm;

use super::{NextStep, SavedAnswer};
use crate::{
    error::ApiError,
    paths,
    request::context::{self, mailer},
};

const PAGE: &str = paths::SmtpSettings::PATH;

/// Redirects to the page after a save, or to the provider.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`.
pub(super) async fn after_save(
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
pub(super) async fn after_preset(
    typed: &SmtpForm,
    filled: Option<SmtpForm>,
) -> Result<(), ApiError> {
    let id = context::data_center_id(&typed.data_center)?;
    let ask = if filled.is_none() { "&overwrite=1" } else { "" };
    let form = filled.as_ref().unwrap_or(typed);
    mailer()?
        .settings
        .save_draft(&context::signed_in()?.session, form)
        .await?;
    context::redirect(&format!("{PAGE}?data_center={id}&draft=1{ask}#provider"))
}
