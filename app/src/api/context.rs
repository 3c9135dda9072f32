//! What the server provides to server functions: the mailer and facts about the request.

use access::Access;
use domain::{Actor, DataCenterId, RedirectUrl, Role, SignedIn};
use http::{HeaderValue, Method, StatusCode, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use mail::Mailer;

use crate::{api_document::ApiDocument, error::ApiError};

/// Facts about a request that only the HTTP side knows. The server's middleware puts it into the
/// extensions of each request.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    /// The redirect URL of this server, by the configured public URL or the `Host` asked for.
    pub redirect_url: RedirectUrl,
    /// Who asks; `None` on pages that are open to everybody.
    pub signed_in: Option<SignedIn>,
    /// The same for the audit, with the address.
    pub actor: Actor,
    /// A form was posted without WASM: the answer is a page, so refusals are redirects.
    pub wants_html: bool,
}

/// The mailer.
///
/// # Errors
/// `Unavailable`: the server was put together wrongly.
pub fn mailer() -> Result<Mailer, ApiError> {
    use_context::<Mailer>().ok_or_else(|| missing("Mailer"))
}

/// The verbs about access.
///
/// # Errors
/// `Unavailable`: the server was put together wrongly.
pub fn access() -> Result<Access, ApiError> {
    use_context::<Access>().ok_or_else(|| missing("Access"))
}

/// Who asks.
///
/// # Errors
/// `SignedOut`. The server turns such requests away before they get here.
pub fn signed_in() -> Result<SignedIn, ApiError> {
    request()?.signed_in.ok_or(ApiError::SignedOut)
}

/// Who asks, if anybody has signed in; also where there is no request, as while routes are listed.
pub fn visitor() -> Option<SignedIn> {
    let parts = use_context::<Parts>()?;
    parts.extensions.get::<RequestInfo>()?.signed_in.clone()
}

/// Whether who asks may do what a role may.
pub fn may(role: Role) -> bool {
    signed_in().is_ok_and(|signed_in| signed_in.role.includes(role))
}

/// The path of the page that is being made; empty where there is no request.
pub fn path() -> String {
    use_context::<Parts>().map_or_else(String::new, |parts| parts.uri.path().to_owned())
}

/// Returns what the handler of a posted form passes to its page, in the extensions of the request.
pub fn posted<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<T>().cloned())
}

/// The description of the API, for its page.
pub fn api_document() -> Option<ApiDocument> {
    use_context::<ApiDocument>()
}

/// The request.
///
/// # Errors
/// `Unavailable`: the server was put together wrongly.
pub fn request() -> Result<RequestInfo, ApiError> {
    use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<RequestInfo>().cloned())
        .ok_or_else(|| missing("RequestInfo"))
}

fn missing(what: &'static str) -> ApiError {
    tracing::error!(what, "the server does not provide a context");
    ApiError::Unavailable
}

/// An id as it came from a URL or a form.
///
/// # Errors
/// `UnknownDataCenter`.
pub fn data_center_id(text: &str) -> Result<DataCenterId, ApiError> {
    DataCenterId::parse(text).map_err(|_| ApiError::UnknownDataCenter)
}

/// Gives the answer the status of its error. A form posted without WASM is left alone: its answer is the
/// redirect back, which any other status would break.
///
/// # Errors
/// The one it was given.
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

/// Sets the status of the answer.
pub fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}

/// Sends the browser elsewhere.
///
/// # Errors
/// `Unavailable` when the target cannot stand in a header.
pub fn redirect(target: &str) -> Result<(), ApiError> {
    if HeaderValue::from_str(target).is_err() {
        tracing::error!("the target of a redirect cannot stand in a header");
        return Err(ApiError::Unavailable);
    }
    leptos_axum::redirect(target);
    Ok(())
}
