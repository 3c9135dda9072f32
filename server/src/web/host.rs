//! Under which name the server was asked.
//!
//! Any web page can have its own name resolve to 127.0.0.1 and would then share an origin with this server (DNS
//! rebinding). Hence only names of this machine and that of the public URL are answered.

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

/// The authority that the request was sent to. Forwarded headers are ignored: whoever can connect can send them.
#[derive(Clone, Debug)]
pub struct AskedAs(pub Authority);

/// Refuses other names with 421 (RFC 9110 §15.5.20), and requests without exactly one with 400.
pub async fn check(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let Some((authority, host)) = asked(&request) else {
        return (StatusCode::BAD_REQUEST, "The Host header is not valid.\n").into_response();
    };
    let public = (*web.public_url)
        .as_ref()
        .is_some_and(|url| url.is_at(&host, authority.port_u16()));
    if !host.is_loopback() && !public {
        return (StatusCode::MISDIRECTED_REQUEST, MISDIRECTED).into_response();
    }
    request.extensions_mut().insert(AskedAs(authority));
    next.run(request).await
}

/// The target of the request has precedence over `Host` (RFC 9112 §3.2.2).
fn asked(request: &Request) -> Option<(Authority, Host)> {
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
