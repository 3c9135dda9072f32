//! Client authentication (RFC 6749 §2.3.1).

use std::collections::HashMap;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use crate::descriptor::{CLIENT_ID, CLIENT_SECRET};
use crate::faults::Faults;
use crate::record::ClientAuthentication;

/// Method of client authentication and its result.
pub(crate) struct Client {
    pub(crate) way: ClientAuthentication,
    pub(crate) accepted: bool,
}

pub(crate) fn authenticate(
    headers: &HeaderMap,
    form: &HashMap<String, String>,
    faults: &Faults,
) -> Client {
    let basic = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map(basic_credentials);
    let post = form.get("client_secret");
    let fits = |id: &str, secret: &str| id == CLIENT_ID && secret == CLIENT_SECRET;
    match (basic, post) {
        (Some(_), Some(_)) => Client {
            way: ClientAuthentication::Both,
            accepted: false,
        },
        (Some(credentials), None) => Client {
            way: ClientAuthentication::Basic,
            accepted: faults.accept_basic_client_authentication
                && credentials.is_some_and(|(id, secret)| fits(&id, &secret)),
        },
        (None, Some(secret)) => Client {
            way: ClientAuthentication::Post,
            accepted: faults.accept_post_client_authentication
                && form.get("client_id").is_some_and(|id| fits(id, secret)),
        },
        (None, None) => Client {
            way: ClientAuthentication::None,
            accepted: false,
        },
    }
}

/// Decodes credentials. ID and secret are form-encoded before they are joined and base64-encoded.
fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (scheme, blob) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(blob.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}
