//! Authorization endpoint without its pages (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 9207).

use std::collections::HashMap;

use axum::extract::Query;
use axum::http::Uri;

use super::callback::description;
use crate::descriptor::CLIENT_ID;
use crate::faults::TokenError;
use crate::grants::Consent;
use crate::random;
use crate::sign_in::SignIn;
use crate::state::State;

/// Rejection of an authorization request.
pub(crate) enum Refusal {
    /// The redirect URL cannot be trusted, so the error is shown to the user.
    Page(&'static str),
    /// The error is reported to the client at this URL.
    Redirect(String),
}

/// Reason why [`crate::Control::answer_authorization`] returned no URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The URL is invalid or does not belong to the authorization endpoint.
    #[error("not an authorization URL of this sandbox")]
    NotAnAuthorizationUrl,
    /// The page shows this error.
    #[error("the sandbox rejected the request: {0}")]
    Refused(&'static str),
    /// The account does not exist.
    #[error("the account does not exist")]
    UnknownAccount,
}

type Parameters = HashMap<String, String>;

/// Checks the request and returns the identifier for the forms of its pages.
pub(crate) fn begin(state: &State, parameters: &Parameters) -> Result<String, Refusal> {
    let get = |name: &str| parameters.get(name).map(String::as_str);
    if get("client_id") != Some(CLIENT_ID) {
        return Err(Refusal::Page("The client_id is unknown."));
    }
    let redirect_uri = get("redirect_uri").unwrap_or_default();
    if !registered(state, redirect_uri) {
        return Err(Refusal::Page(
            "redirect_uri_mismatch: the redirect_uri is not registered for this client.",
        ));
    }
    let scope = get("scope").unwrap_or_default();
    let sign_in = SignIn {
        scope: scope.to_owned(),
        account: None,
        redirect_uri: redirect_uri.to_owned(),
        state: get("state").map(str::to_owned),
        code_challenge: get("code_challenge").map(str::to_owned),
        offline: get("access_type") == Some("offline")
            || scope.split(' ').any(|one| one == "offline_access"),
    };
    let faults = state.faults();
    let refuse = |error: &str, description: &str| {
        Err(Refusal::Redirect(sign_in.error(state, error, description)))
    };
    if let Some(error) = &faults.callback_error {
        if let Some(known) = TokenError::named(error).filter(|_| error.starts_with("AADSTS")) {
            let description = known.error_description.unwrap_or_default();
            return refuse(&known.error, &description);
        }
        return refuse(error, description(error));
    }
    if get("response_type") != Some("code") {
        return refuse("unsupported_response_type", "Only code is supported.");
    }
    if scope.trim().is_empty() {
        return refuse("invalid_scope", "A scope is missing.");
    }
    if sign_in.code_challenge.is_some() && get("code_challenge_method") != Some("S256") {
        return refuse("invalid_request", "code_challenge_method must be S256.");
    }
    if sign_in.code_challenge.is_none() && faults.require_pkce {
        return refuse("invalid_request", "code_challenge is missing.");
    }
    let id = random::text(32);
    state.lock().sign_ins.insert(id.clone(), sign_in);
    Ok(id)
}

/// Records the account that signed in. A fault may replace the account.
pub(crate) fn signed_in(state: &State, id: &str, address: &str) -> Option<SignIn> {
    let mut inner = state.lock();
    let other = inner.faults.signed_in_account.clone();
    let sign_in = inner.sign_ins.get_mut(id)?;
    sign_in.account = Some(other.unwrap_or_else(|| address.to_owned()));
    Some(sign_in.clone())
}

/// Completes the authorization. Returns the URL to redirect to, with a code or with
/// `access_denied`. Returns `None` if the user has not signed in under this identifier.
pub(crate) fn decide(state: &State, id: &str, allow: bool) -> Option<String> {
    let mut inner = state.lock();
    let account = inner.sign_ins.get(id)?.account.clone()?;
    let sign_in = inner.sign_ins.remove(id)?;
    if !allow {
        drop(inner);
        return Some(sign_in.error(state, "access_denied", description("access_denied")));
    }
    let code = inner.grants.issue_code(Consent {
        account,
        scope: sign_in.scope.clone(),
        redirect_uri: sign_in.redirect_uri.clone(),
        code_challenge: sign_in.code_challenge.clone(),
        offline: sign_in.offline,
    });
    drop(inner);
    if state.faults().callback_empty {
        return Some(sign_in.callback(state, &[]));
    }
    Some(sign_in.callback(state, &[("code", &code)]))
}

/// Performs all steps of an authorization without pages.
pub(crate) fn answer(
    state: &State,
    authorization_url: &str,
    address: &str,
    allow: bool,
) -> Result<String, AnswerError> {
    if !authorization_url.starts_with(&state.descriptor.authorization_endpoint) {
        return Err(AnswerError::NotAnAuthorizationUrl);
    }
    let uri: Uri = authorization_url
        .parse()
        .map_err(|_| AnswerError::NotAnAuthorizationUrl)?;
    let Query(parameters) =
        Query::try_from_uri(&uri).map_err(|_| AnswerError::NotAnAuthorizationUrl)?;
    let account = state.account(address).ok_or(AnswerError::UnknownAccount)?;
    let id = match begin(state, &parameters) {
        Ok(id) => id,
        Err(Refusal::Redirect(url)) => return Ok(url),
        Err(Refusal::Page(text)) => return Err(AnswerError::Refused(text)),
    };
    signed_in(state, &id, &account.address);
    decide(state, &id, allow).ok_or(AnswerError::Refused("The sign-in is gone."))
}

fn registered(state: &State, redirect_uri: &str) -> bool {
    if !state.redirect_urls.is_empty() {
        return state.redirect_urls.iter().any(|url| url == redirect_uri);
    }
    let Ok(uri) = redirect_uri.parse::<Uri>() else {
        return false;
    };
    let loopback = matches!(uri.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
    loopback && uri.path() == "/oauth/callback" && !redirect_uri.contains('#')
}
