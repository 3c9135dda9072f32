//! Values that the server provides to server functions: the mailer, and facts about the request.

use std::sync::Arc;

use access::Access;
use domain::{Actor, DataCenterId, RedirectUrl, Role, SignedIn, SubmissionService};
use http::{HeaderValue, Method, StatusCode, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use mail::Mailer;

use crate::{api_document::ApiDocument, error::ApiError, smtp_listeners::SmtpListeners};

/// Facts about a request that only the HTTP layer knows. The server's middleware adds them to the
/// extensions of each request.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    /// Redirect URL of this server, from the configured public URL or the `Host` of the request.
    pub redirect_url: RedirectUrl,
    /// The user. `None` on pages that do not require a sign-in.
    pub signed_in: Option<SignedIn>,
    /// The user as the audit log records it, with the client address.
    pub actor: Actor,
    /// True if the form was posted without WASM. The response is then a page, and errors are
    /// redirects.
    pub wants_html: bool,
}

/// Returns the mailer.
///
/// # Errors
/// `Unavailable` if the server did not provide it.
pub fn mailer() -> Result<Mailer, ApiError> {
    use_context::<Mailer>().ok_or_else(|| missing("Mailer"))
}

/// Returns the operations on accounts and permissions.
///
/// # Errors
/// `Unavailable` if the server did not provide it.
pub fn access() -> Result<Access, ApiError> {
    use_context::<Access>().ok_or_else(|| missing("Access"))
}

/// Returns where programs and devices reach this server.
///
/// # Errors
/// `Unavailable` if the server did not provide it.
pub fn submission() -> Result<Arc<SubmissionService>, ApiError> {
    use_context::<Arc<SubmissionService>>().ok_or_else(|| missing("SubmissionService"))
}

/// Returns the listeners of the SMTP server. There are none if the server did not provide them.
pub fn smtp_listeners() -> SmtpListeners {
    use_context::<SmtpListeners>().unwrap_or_default()
}

/// Returns the user.
///
/// # Errors
/// `SignedOut`. The server rejects such requests before they get here.
pub fn signed_in() -> Result<SignedIn, ApiError> {
    request()?.signed_in.ok_or(ApiError::SignedOut)
}

/// Returns the user, if any. Also works without a request, for example while routes are listed.
pub fn visitor() -> Option<SignedIn> {
    let parts = use_context::<Parts>()?;
    parts.extensions.get::<RequestInfo>()?.signed_in.clone()
}

/// Returns the redirect URL of this server, for users who have signed in.
pub fn redirect_url() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let request = parts.extensions.get::<RequestInfo>()?;
    request.signed_in.as_ref()?;
    Some(request.redirect_url.to_string())
}

/// Returns true if the user has a role, or one that includes it.
pub fn may(role: Role) -> bool {
    signed_in().is_ok_and(|signed_in| signed_in.role.includes(role))
}

/// Returns the path of the page that is being rendered. Empty without a request.
pub fn path() -> String {
    use_context::<Parts>().map_or_else(String::new, |parts| parts.uri.path().to_owned())
}

/// Returns the value that the handler of a posted form passes to its page through the extensions of
/// the request.
pub fn posted<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

/// Returns the description of the API, for its page.
pub fn api_document() -> Option<ApiDocument> {
    use_context::<ApiDocument>()
}

/// Returns the facts about the request.
///
/// # Errors
/// `Unavailable` if the server did not provide them.
pub fn request() -> Result<RequestInfo, ApiError> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<RequestInfo>().cloned())
        .ok_or_else(|| missing("RequestInfo"))
}

fn missing(what: &'static str) -> ApiError {
    tracing::error!(what, "request context is missing");
    ApiError::Unavailable
}

/// Parses an ID from a URL or a form.
///
/// # Errors
/// `UnknownDataCenter`.
pub fn data_center_id(text: &str) -> Result<DataCenterId, ApiError> {
    DataCenterId::parse(text).map_err(|_| ApiError::UnknownDataCenter)
}

/// Sets the status of the response to that of the error. A form that was posted without WASM is
/// answered with a redirect, which another status would break, so its status is not changed.
///
/// # Errors
/// Returns the given error.
pub fn answer<T>(result: Result<T, ApiError>) -> Result<T, ApiError> {
    if let Err(error) = &result
        && !posted_without_wasm()
    {
        set_status(error.status());
    }
    result
}

fn posted_without_wasm() -> bool {
    let posted = use_context::<Parts>().is_some_and(|parts| parts.method == Method::POST);
    posted && request().is_ok_and(|request| request.wants_html)
}

/// Sets the status of the response.
pub fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

/// Redirects the browser.
///
/// # Errors
/// `Unavailable` if the target is not a valid header value.
pub fn redirect(target: &str) -> Result<(), ApiError> {
    if HeaderValue::from_str(target).is_err() {
        tracing::error!("redirect target is not a valid header value");
        return Err(ApiError::Unavailable);
    }
    leptos_axum::redirect(target);
    Ok(())
}
