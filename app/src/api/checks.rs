//! Checks of a connection, with or without a test email.

use domain::{CheckId, CheckReport, SmtpForm};
use leptos::{prelude::*, server_fn::ServerFn as _};

use crate::{error::ApiError, ui::report::RunAgain};

/// Returns the URLs that run a check again.
pub fn run_again() -> RunAgain {
    RunAgain {
        check: CheckConnection::url(),
        test_email: SendTestEmail::url(),
    }
}

/// Starts a check of the values on the form, saved or not. Users who may not change settings check
/// the saved values. With a recipient, the check sends a test email. The steps arrive as
/// server-sent events.
///
/// # Errors
/// `Test`, `NoSettings`, `UnknownDataCenter`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "begin_check")]
pub async fn begin_check(
    form: SmtpForm,
    recipient: Option<String>,
    dkim_selector: String,
) -> Result<CheckId, ApiError> {
    crate::request::context::answer(verbs::begin(&form, recipient, dkim_selector).await)
}

/// Stops a check, including one of another process, and waits for its end. Returns false if it had
/// already ended.
///
/// # Errors
/// `BadRequest`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "cancel_check")]
pub async fn cancel_check(id: String) -> Result<bool, ApiError> {
    crate::request::context::answer(verbs::cancel(&id).await)
}

/// Runs a check without a test email, for browsers without WASM. The response is the page with the
/// report.
///
/// # Errors
/// `Test`, `NoSettings`, `UnknownDataCenter`, `Unavailable`.
#[server(prefix = "/api", endpoint = "check_connection")]
pub async fn check_connection(
    form: SmtpForm,
    dkim_selector: Option<String>,
) -> Result<CheckReport, ApiError> {
    verbs::to_the_end(&form, None, dkim_selector).await
}

/// Sends a test email with the values on the form, saved or not, and waits for the result.
///
/// # Errors
/// `Test`, `NoSettings`, `UnknownDataCenter`, `Unavailable`.
#[server(prefix = "/api", endpoint = "send_test_email")]
pub async fn send_test_email(
    form: SmtpForm,
    recipient: String,
    dkim_selector: Option<String>,
) -> Result<CheckReport, ApiError> {
    verbs::to_the_end(&form, Some(recipient), dkim_selector).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{AddressError, CheckId, CheckReport, Role, SmtpForm};
    use mail::{CheckOf, CheckRequest};

    use crate::{
        error::ApiError,
        paths,
        request::context::{answer, data_center_id, mailer, may, redirect, request, signed_in},
    };

    pub async fn begin(
        form: &SmtpForm,
        recipient: Option<String>,
        dkim_selector: String,
    ) -> Result<CheckId, ApiError> {
        let (mailer, by) = (mailer()?, request()?.actor);
        let requested = CheckRequest {
            recipient,
            dkim_selector,
        };
        let id = data_center_id(&form.data_center)?;
        // Users who may not change settings may not test other values either.
        let of = if may(Role::Administrator) {
            CheckOf::Form(form)
        } else {
            CheckOf::Saved(&id)
        };
        Ok(mailer.doctor.begin(of, requested, &by).await?)
    }

    pub async fn to_the_end(
        form: &SmtpForm,
        recipient: Option<String>,
        dkim_selector: Option<String>,
    ) -> Result<CheckReport, ApiError> {
        let begun = begin(form, recipient, dkim_selector.unwrap_or_default()).await;
        let ended = match begun {
            Ok(id) => {
                let report = mailer()?.doctor.finish(&id).await?;
                report
                    .map(|report| (report, id))
                    .ok_or(ApiError::Unavailable)
            }
            Err(error) => Err(error),
        };
        if request()?.wants_html {
            after_test(form, ended.as_ref().map(|(_, id)| id)).await?;
        }
        answer(ended.map(|(report, _)| report))
    }

    /// Redirects a browser without WASM to the page with the report of a test email, or with the
    /// errors. Keeps the entered values as a draft, so no URL contains them.
    ///
    /// # Errors
    /// `UnknownDataCenter`, `Unavailable`.
    async fn after_test(
        form: &SmtpForm,
        outcome: Result<&CheckId, &ApiError>,
    ) -> Result<(), ApiError> {
        let id = data_center_id(&form.data_center)?;
        let session = signed_in()?.session;
        // Users who may not change settings entered only the recipient.
        if may(Role::Administrator) {
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
        redirect(&format!(
            "{}?data_center={id}&{rest}",
            paths::SmtpSettings::PATH
        ))
    }

    pub async fn cancel(id: &str) -> Result<bool, ApiError> {
        let (mailer, id) = (
            mailer()?,
            CheckId::parse(id).map_err(|_| ApiError::BadRequest)?,
        );
        Ok(mailer.doctor.stop(&id).await?)
    }
}
