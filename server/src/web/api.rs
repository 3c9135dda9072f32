//! The API for programs. They authenticate with an API key (RFC 6750). Sessions are not valid here,
//! and API keys are not valid for pages.

pub mod document;
pub mod mailbox;
pub mod messages;
pub mod senders;
pub mod status;

use app::request::context::RequestInfo;
use axum::{
    extract::{MatchedPath, Request},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{ALLOW, AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    middleware::Next,
    response::Response,
};
use domain::{Actor, AlertKind, ApiKey, AuditAction, KeyScope, Principal};
use secrecy::SecretString;
use wording::api_problem;

use super::{
    Web,
    client_address::ClientAddress,
    permissions::{self, PERMISSIONS},
    problem, rate_limit, session,
    unavailable::RETRY_SECONDS,
};

/// Seconds until a client may retry while the server refuses new mail.
const REFUSED_RETRY_SECONDS: u16 = 60;

/// Passes on a request with a valid key that has one of the route's scopes. Routes that are not
/// part of the API have no scopes.
pub async fn authenticated(
    web: &Web,
    mut request: Request,
    next: Next,
    scopes: &[KeyScope],
) -> Response {
    let key = match bearer(request.headers()) {
        Some(shown) => match web.access.api_key(&shown).await {
            Ok(key) => key,
            Err(error) => return unavailable(&error),
        },
        None => return unauthorized("Bearer", api_problem::NO_KEY),
    };
    let Some(key) = key else {
        let address = request.extensions().get().copied();
        let path = request.uri().path().to_owned();
        return wrong_key(web, address, &path).await;
    };
    let actor = Actor {
        who: Principal::Key(key.name.to_string()),
        address: session::address(request.extensions()),
    };
    let Some(first) = scopes.first() else {
        return no_route(&request);
    };
    if !scopes.iter().any(|scope| key.scopes.contains(scope)) {
        // The template instead of the path, whose length is up to the client.
        let route = request.extensions().get::<MatchedPath>();
        let route = route.map_or("", MatchedPath::as_str);
        let requested = format!("{} {route}", request.method());
        permissions::denied(&web.access, &actor, &requested).await;
        return out_of_scope(*first);
    }
    if let Some(info) = request.extensions_mut().get_mut::<RequestInfo>() {
        info.signed_in = None;
        info.actor = actor;
    }
    request.extensions_mut().insert::<ApiKey>(key);
    next.run(request).await
}

/// Returns the key if there is exactly one `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let mut shown = headers.get_all(AUTHORIZATION).iter();
    let (Some(header), None) = (shown.next(), shown.next()) else {
        return None;
    };
    let (scheme, key) = header.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| key.trim().into())
}

/// Returns the error for an invalid key. `path` is the requested path.
async fn wrong_key(web: &Web, address: Option<ClientAddress>, path: &str) -> Response {
    let Some(ClientAddress(address)) = address else {
        return problem::answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            api_problem::UNKNOWN_ADDRESS,
        );
    };
    if let Err(seconds) = web.rate_limits.wrong_key(address) {
        return rate_limit::too_many(path, seconds);
    }
    let by = Actor::anonymous(address.to_string());
    let action = AuditAction::KeyRefused;
    if let Err(error) = web.access.note_refusal(&by, action, "").await {
        return unavailable(&error);
    }
    unauthorized("Bearer error=\"invalid_token\"", api_problem::INVALID_KEY)
}

fn unauthorized(challenge: &'static str, detail: &str) -> Response {
    let mut response = problem::answer(StatusCode::UNAUTHORIZED, detail);
    let challenge = HeaderValue::from_static(challenge);
    response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    response
}

fn out_of_scope(scope: KeyScope) -> Response {
    let detail = api_problem::missing_scope(scope);
    let mut response = problem::answer(StatusCode::FORBIDDEN, &detail);
    let code = scope.code();
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{code}\"");
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Returns 404 for an unknown path and 405 for an unknown method.
fn no_route(request: &Request) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let methods: Vec<_> = PERMISSIONS
        .iter()
        .filter(|known| path.is_some_and(|path| path.as_str() == known.path))
        .flat_map(|known| match known.method {
            Method::GET => vec!["GET", "HEAD"],
            _ => vec![known.method.as_str()],
        })
        .collect();
    if methods.is_empty() {
        return problem::answer(StatusCode::NOT_FOUND, api_problem::UNKNOWN_PATH);
    }
    let detail = api_problem::allowed_methods(&methods);
    let mut response = problem::answer(StatusCode::METHOD_NOT_ALLOWED, &detail);
    if let Ok(allowed) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// Returns the error for new mail that is refused because of a condition of the server.
pub fn refuses_mail(condition: AlertKind) -> Response {
    let detail = api_problem::refuses_mail(condition);
    let mut response = problem::answer(StatusCode::SERVICE_UNAVAILABLE, &detail);
    response
        .headers_mut()
        .insert(RETRY_AFTER, REFUSED_RETRY_SECONDS.into());
    response
}

/// Returns the error for a request that fails because of the database.
pub fn unavailable(error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(error, "API request failed");
    let mut response = problem::answer(StatusCode::SERVICE_UNAVAILABLE, api_problem::UNAVAILABLE);
    response
        .headers_mut()
        .insert(RETRY_AFTER, RETRY_SECONDS.into());
    response
}
