//! Checks of a connection; the test email is one.

use domain::{CheckReport, SmtpForm};
use leptos::prelude::*;

use crate::error::ApiError;

/// Sends a test email with what is on the form, saved or not.
///
/// # Errors
/// `Test`, `UnknownDataCenter`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "send_test_email")]
pub async fn send_test_email(form: SmtpForm, recipient: String) -> Result<CheckReport, ApiError> {
    let request = super::context::request()?;
    let answer = verbs::send(&form, &recipient).await;
    if request.wants_html {
        let outcome = answer.as_ref().map(|(id, _)| id);
        super::without_wasm::after_test(&form, outcome).await?;
    }
    super::context::answer(answer.map(|(_, report)| report))
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{CheckId, CheckReport, Role, SmtpForm};

    use crate::{
        api::context::{data_center_id, mailer, may, request},
        error::ApiError,
    };

    pub async fn send(form: &SmtpForm, to: &str) -> Result<(CheckId, CheckReport), ApiError> {
        let (mailer, by) = (mailer()?, request()?.actor);
        if may(Role::Administrator) {
            return Ok(mailer.send_test(form, to, &by).await?);
        }
        // Who may not change settings does not try others either.
        let id = data_center_id(&form.data_center)?;
        Ok(mailer.send_saved_test(&id, to, &by).await?)
    }
}
