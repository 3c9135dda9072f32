//! Headers that forbid browsers everything this site does not need.

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
    // Not `no-referrer`: without WASM, a rejected form leads back to its `Referer`.
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    // The sign-in tab opens empty in our browsing context group and leaves it when it navigates to
    // the provider. The provider gets no opener, and we need none.
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    // No other site may embed resources of this one.
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

/// Pages whose URL contains a one-use token. Even this server must not see it in a `Referer`.
const TOKEN_PATHS: [&str; 2] = [paths::Setup::PATH, paths::ChoosePassword::PATH];
/// Not `no-referrer`, which would set the `Origin` of their forms to `null`.
const WITHOUT_THE_TOKEN: HeaderValue = HeaderValue::from_static("strict-origin");

/// Adds the headers, and gives the request the nonce for the scripts of its page.
pub async fn headers(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    let opened_by_link = TOKEN_PATHS.contains(&request.uri().path());
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
    // Responses with untrusted content have a stricter policy.
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
    forbid_caching(headers);
    response
}

/// Returns the content security policy. In Chromium, `form-action` also restricts redirects after a
/// form: without WASM, "Save & Authorize" is a form that redirects to the provider, whose address
/// an administrator chooses. It therefore allows all of https, and http on this machine, like the
/// endpoint settings.
fn policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; \
         form-action 'self' https: http://localhost:* http://*.localhost:* http://127.0.0.1:*"
    )
}

fn forbid_caching(headers: &mut HeaderMap) {
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
