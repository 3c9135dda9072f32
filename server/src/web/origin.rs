//! Rejects requests that change state and come from a page of another origin (cross-site request
//! forgery).
//!
//! Browsers send `Sec-Fetch-Site` to https and loopback, and `Origin` with every request except GET
//! and HEAD. A request with neither does not come from a browser, so it only carries cookies that
//! its sender already knows.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, Method, StatusCode,
        header::{AsHeaderName, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::{Host, url::origin};

use super::{Web, host::RequestedHost, problem};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const REFUSED: &str = "This request comes from another origin than Mailgrant's, so nothing was done. If a proxy is in front of \
     Mailgrant, set public_url to the address that browsers show.";

/// Scheme (true for https), host, and port (RFC 6454).
type Parts = (bool, Host, u16);

/// Passes on requests that only read, and those from Mailgrant's own origin: that of `public_url`,
/// or without one the loopback origin that the request was sent to.
pub async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return next.run(request).await;
    }
    let own = match (*web.public_url).as_ref() {
        Some(public_url) => Some(public_url.parts()),
        // `host::check` has rejected every name that is not loopback.
        None => (request.extensions().get())
            .and_then(|RequestedHost(authority)| origin(&format!("http://{authority}"))),
    };
    if own.is_some_and(|own| is_from(&own, request.headers())) {
        return next.run(request).await;
    }
    tracing::warn!("cross-origin request refused");
    if problem::is_for(request.uri().path()) {
        problem::answer(StatusCode::FORBIDDEN, REFUSED)
    } else {
        (StatusCode::FORBIDDEN, format!("{REFUSED}\n")).into_response()
    }
}

/// Returns true if every header that is present names the own origin.
fn is_from(own: &Parts, headers: &HeaderMap) -> bool {
    let site = match only(headers, SEC_FETCH_SITE) {
        Ok(site) => matches!(site, None | Some("same-origin" | "none")),
        Err(Ambiguous) => false,
    };
    let origin = match only(headers, ORIGIN) {
        // `null` and malformed origins are foreign.
        Ok(shown) => shown.is_none_or(|shown| origin(shown).as_ref() == Some(own)),
        Err(Ambiguous) => false,
    };
    site && origin
}

/// A header that occurs more than once or is not ASCII.
struct Ambiguous;

fn only(headers: &HeaderMap, name: impl AsHeaderName) -> Result<Option<&str>, Ambiguous> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Ambiguous),
        (Some(_), Some(_)) => Err(Ambiguous),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn accepts(own: &str, headers: &[(&'static str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        is_from(&origin(own).unwrap(), &map)
    }

    #[test]
    fn scheme_host_and_port_have_to_be_the_same() {
        for (own, shown, expected) in [
            ("http://localhost:3000", "http://localhost:3000", true),
            ("http://localhost", "http://localhost", true),
            ("http://localhost:80", "http://localhost", true),
            (
                "https://mail.example.com:443",
                "https://mail.example.com",
                true,
            ),
            ("http://[::1]:3000", "http://[::1]:3000", true),
            ("http://localhost:3000", "https://localhost:3000", false),
            ("http://localhost:3000", "http://localhost:3001", false),
            ("http://localhost:3000", "http://localhost", false),
            ("http://localhost:3000", "http://127.0.0.1:3000", false),
            ("http://localhost:3000", "http://x.localhost:3000", false),
            ("https://mail.example.com", "http://mail.example.com", false),
            (
                "https://mail.example.com",
                "http://mail.example.com:443",
                false,
            ),
            (
                "https://mail.example.com",
                "https://evil.mail.example.com",
                false,
            ),
            (
                "https://mail.example.com",
                "https://mail.example.com.evil.example",
                false,
            ),
            (
                "https://mail.example.com",
                "https://mail.example.com@evil.example",
                false,
            ),
            (
                "https://mail.example.com",
                "https://mail.example.com/",
                false,
            ),
            (
                "https://mail.example.com",
                "https://mail.example.com https://evil.example",
                false,
            ),
            ("https://mail.example.com", "mail.example.com", false),
            ("http://localhost:3000", "null", false),
            ("http://localhost:3000", "", false),
        ] {
            assert_eq!(
                accepts(own, &[("origin", shown)]),
                expected,
                "{own} {shown}"
            );
        }
    }

    #[test]
    fn the_headers_have_to_agree_and_to_occur_once() {
        const OWN: &str = "http://localhost:3000";
        for (headers, expected) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "Same-Origin")], false),
            (&[("sec-fetch-site", "")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", OWN)], true),
            (&[("sec-fetch-site", "same-site"), ("origin", OWN)], false),
            (
                &[("sec-fetch-site", "same-origin"), ("origin", "null")],
                false,
            ),
            (
                &[
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "http://localhost:4000"),
                ],
                false,
            ),
            (&[("origin", OWN), ("origin", OWN)], false),
            (
                &[("sec-fetch-site", "none"), ("sec-fetch-site", "none")],
                false,
            ),
        ] {
            assert_eq!(accepts(OWN, headers), expected, "{headers:?}");
        }
    }
}
