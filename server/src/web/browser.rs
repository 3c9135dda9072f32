//! Which browser asks: a random value in a cookie. It is no sign-in, it only ties an authorization
//! to the browser that began it (RFC 9700 §4.7).

use app::api::context::RequestInfo;
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{ACCEPT, COOKIE, SET_COOKIE},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::RedirectUrl;
use mail::BrowserKey;

use super::{Web, host::AskedAs};

const COOKIE_NAME: &str = "mailgrant_browser";
/// Seconds.
const ONE_YEAR: u32 = 31_536_000;

/// The key in the cookie, if there is one and it is of ours.
pub fn key(headers: &HeaderMap) -> Option<BrowserKey> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .and_then(|(_, value)| BrowserKey::parse(value))
}

/// Tells pages and server functions about the request, and gives new browsers their cookie.
pub async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let known = key(request.headers());
    let is_new = known.is_none();
    let browser = known.unwrap_or_else(BrowserKey::generate);
    let Some(redirect_url) = redirect_url(&web, &request) else {
        return (StatusCode::BAD_REQUEST, "The Host header is not valid.\n").into_response();
    };
    let info = RequestInfo {
        redirect_url,
        browser: browser.clone(),
        wants_html: wants_html(&request),
    };
    request.extensions_mut().insert(info);
    let mut response = next.run(request).await;
    if is_new && let Some(cookie) = cookie(&web, &browser) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn redirect_url(web: &Web, request: &Request) -> Option<RedirectUrl> {
    if let Some(public_url) = &*web.public_url {
        return Some(public_url.redirect_url().clone());
    }
    let AskedAs(authority) = request.extensions().get()?;
    RedirectUrl::below(&format!("http://{authority}")).ok()
}

/// A form posted without WASM: a browser that navigates asks for a page, `fetch` for JSON.
fn wants_html(request: &Request) -> bool {
    request.method() == Method::POST
        && request
            .headers()
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
}

/// Lax: the browser has to send it when the provider leads back to the callback.
fn cookie(web: &Web, browser: &BrowserKey) -> Option<HeaderValue> {
    let is_https = (*web.public_url)
        .as_ref()
        .is_some_and(super::PublicUrl::is_https);
    let secure = if is_https { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE_NAME}={}; Path=/; Max-Age={ONE_YEAR}; HttpOnly; SameSite=Lax{secure}",
        browser.expose()
    );
    let mut value = HeaderValue::from_str(&cookie).ok()?;
    value.set_sensitive(true);
    Some(value)
}
