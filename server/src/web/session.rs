//! Identifies the user of a request by the session cookie, with a database query for each request.

use access::{Token, Visitor};
use app::{api::ReadGrantStatus, request::context::RequestInfo};
use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header::USER_AGENT},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::{Actor, Principal, RedirectUrl, paths};

use leptos::server_fn::ServerFn as _;

use super::{
    Web, client_address::ClientAddress, cookies::SessionCookie, host::RequestedHost,
    negotiation::accepts_html,
};

/// The token of the session that a request belongs to.
#[derive(Clone, Debug)]
pub struct OfSession(pub Token);

/// The origin that the request was sent to, without a trailing slash.
#[derive(Clone, Debug)]
pub struct Origin(pub String);

/// Adds the session, its account, and the server's origin to the request. Deletes a session cookie
/// that is not valid.
pub async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let Some((origin, redirect_url)) = origin(&web, request.extensions()) else {
        return (StatusCode::BAD_REQUEST, "The Host header is not valid.\n").into_response();
    };
    let cookies = web.cookies();
    let shown = cookies.session(request.headers());
    let is_shown = !matches!(shown, SessionCookie::Missing);
    let token = shown.token();
    let signed_in = match &token {
        Some(token) => {
            let found = if is_automatic(request.uri().path()) {
                web.access.session_unused(token).await
            } else {
                web.access.session(token).await
            };
            match found {
                Ok(signed_in) => signed_in,
                Err(error) => return unavailable(&error),
            }
        }
        None => None,
    };
    let is_stale = is_shown && signed_in.is_none();
    let address = address(request.extensions());
    let who = signed_in.as_ref().map_or(Principal::Nobody, |signed_in| {
        Principal::Account(signed_in.name.clone())
    });
    let info = RequestInfo {
        redirect_url,
        signed_in,
        actor: Actor { who, address },
        wants_html: request.method() == Method::POST && accepts_html(request.headers()),
    };
    let extensions = request.extensions_mut();
    if let (Some(token), false) = (token, is_stale) {
        extensions.insert(OfSession(token));
    }
    extensions.insert(info);
    extensions.insert(Origin(origin));
    let mut response = next.run(request).await;
    if is_stale && !cookies.are_set(response.headers()) {
        cookies.end(response.headers_mut());
    }
    response
}

/// Returns true for requests that an open page sends automatically. They do not keep a session
/// alive.
fn is_automatic(path: &str) -> bool {
    path.starts_with(paths::EVENTS) || path == ReadGrantStatus::PATH
}

/// Returns the response for a database failure.
pub fn unavailable(error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(error, "session of a request could not be read");
    super::unavailable::response()
}

/// Returns the facts about a client that signs in.
pub fn visitor(web: &Web, headers: &HeaderMap, extensions: &Extensions) -> Visitor {
    let agent = headers.get(USER_AGENT).map(HeaderValue::as_bytes);
    let session = extensions.get::<OfSession>();
    Visitor {
        address: address(extensions),
        agent: String::from_utf8_lossy(agent.unwrap_or_default()).into_owned(),
        session: session.map(|OfSession(token)| token.clone()),
        device: web.cookies().device(headers),
    }
}

/// Returns the client address in the format of the audit log.
pub fn address(extensions: &Extensions) -> String {
    let address = extensions.get::<ClientAddress>();
    address.map_or_else(String::new, |ClientAddress(address)| address.to_string())
}

fn origin(web: &Web, extensions: &Extensions) -> Option<(String, RedirectUrl)> {
    if let Some(public_url) = &*web.public_url {
        let origin = public_url.origin().to_owned();
        return Some((origin, public_url.redirect_url().clone()));
    }
    let RequestedHost(authority) = extensions.get()?;
    let origin = format!("http://{authority}");
    let redirect_url = RedirectUrl::below(&origin).ok()?;
    Some((origin, redirect_url))
}
