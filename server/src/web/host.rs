//! Checks the host name of a request.
//!
//! Any web page can make its own host name resolve to 127.0.0.1 and would then share an origin with
//! this server (DNS rebinding). The server therefore only accepts names of this machine and that of
//! the public URL.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header::HOST, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::Host;

use super::Web;

const MISDIRECTED: &str = "Mailgrant is not reached under this name. Open it as http://localhost with its port, or \
     set public_url to the origin that it has behind the proxy.\n";

/// The authority of the request target. Forwarded headers are ignored, because any client can send
/// them.
#[derive(Clone, Debug)]
pub struct RequestedHost(pub Authority);

/// Rejects other host names with 421 (RFC 9110 §15.5.20), and requests without exactly one host
/// with 400.
pub async fn check(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let Some((authority, host)) = requested(&request) else {
        return (StatusCode::BAD_REQUEST, "The Host header is not valid.\n").into_response();
    };
    let public = (*web.public_url)
        .as_ref()
        .is_some_and(|url| url.is_at(&host, authority.port_u16()));
    if !host.is_loopback() && !public {
        return (StatusCode::MISDIRECTED_REQUEST, MISDIRECTED).into_response();
    }
    request.extensions_mut().insert(RequestedHost(authority));
    next.run(request).await
}

/// Returns the host of the request. The request target takes precedence over `Host` (RFC 9112
/// §3.2.2).
fn requested(request: &Request) -> Option<(Authority, Host)> {
    let mut headers = request.headers().get_all(HOST).iter();
    let header = headers.next()?;
    if headers.next().is_some() {
        return None;
    }
    let authority = match request.uri().authority() {
        Some(authority) => authority.clone(),
        None => header.to_str().ok()?.parse::<Authority>().ok()?,
    };
    if authority.as_str().contains('@') {
        return None;
    }
    let host = Host::parse(authority.host()).ok()?;
    Some((authority, host))
}
