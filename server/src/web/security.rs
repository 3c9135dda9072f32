//! Headers that keep a browser from doing what this site never asks for.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};
use domain::paths;
use leptos::nonce::Nonce;

use super::Web;

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Not `no-referrer`: a form that is refused without WASM leads back to its Referer.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    // The tab for signing in is opened empty, within our group, and leaves it when it is sent to the
    // provider: the provider gets no opener, and we need none.
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    // No other site may show or run anything of this one.
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), \
             geolocation=(), microphone=(), payment=(), publickey-credentials-get=(), usb=()",
        ),
    ),
];

/// Pages whose URL holds a one-use token; not even this server is to see it in a `Referer`.
const OPENED_BY_LINKS: [&str; 2] = [paths::Setup::PATH, paths::ChoosePassword::PATH];
/// Not `no-referrer`, under which the `Origin` of their forms is `null`.
const WITHOUT_THE_TOKEN: HeaderValue = HeaderValue::from_static("strict-origin");

/// Adds the headers, and gives the request the nonce that scripts of its page carry.
pub async fn headers(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let opened_by_link = OPENED_BY_LINKS.contains(&request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let own_referrer_policy = headers.remove(REFERRER_POLICY);
    headers.extend(FIXED);
    if let Some(own) = own_referrer_policy {
        headers.insert(REFERRER_POLICY, own);
    }
    if opened_by_link {
        headers.insert(REFERRER_POLICY, WITHOUT_THE_TOKEN);
    }
    // What strangers wrote is answered with a stricter one.
    if !headers.contains_key(CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy(&nonce))
    {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let is_https = (*web.public_url)
        .as_ref()
        .is_some_and(super::PublicUrl::is_https);
    if is_https {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    keep_out_of_caches(headers);
    response
}

/// `form-action` covers what a form's answer redirects to as well (in Chromium): without WASM "Save & Authorize" is
/// a form that leads to the provider, whose address an administrator chooses. Hence all of https, and
/// http on this machine, as the endpoints that are taken.
fn policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; \
         form-action 'self' https: http://localhost:* http://*.localhost:* http://127.0.0.1:*"
    )
}

fn keep_out_of_caches(headers: &mut HeaderMap) {
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
