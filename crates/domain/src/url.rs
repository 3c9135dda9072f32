//! Minimal URL parsing for forms. The `url` crate would add its Unicode tables to the browser's
//! download.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use crate::{Host, PortError, ProviderFamily, UrlError, paths::OAuthCallback};

/// Parts of an absolute `http:` or `https:` URL.
struct Parts {
    https: bool,
    host: Host,
    port: u16,
}

/// Converts an internationalized host to A-labels. Everything else stays as it was typed.
fn with_ascii_host(text: &str) -> Cow<'_, str> {
    let converted = || {
        let (scheme, rest) = text.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (host, port) = match authority.rfind(':') {
            Some(at) => authority.split_at(at),
            None => (authority, ""),
        };
        (!host.is_ascii()).then_some(())?;
        let host = Host::parse(host).ok()?;
        Some(format!("{scheme}://{host}{port}{path}"))
    };
    converted().map_or(Cow::Borrowed(text), Cow::Owned)
}

fn parts(text: &str) -> Result<Parts, UrlError> {
    if text.is_empty() {
        return Err(UrlError::Required);
    }
    if text.len() > 2_048 {
        return Err(UrlError::TooLong);
    }
    // Only visible ASCII that RFC 3986 allows. Anything else must be percent-encoded.
    if !text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b))
    {
        return Err(UrlError::NotAUrl);
    }
    let (scheme, rest) = text.split_once("://").ok_or(UrlError::NotAUrl)?;
    let https = match scheme.to_ascii_lowercase().as_str() {
        "https" => true,
        "http" => false,
        _ => return Err(UrlError::NotAUrl),
    };
    if rest.contains('#') {
        return Err(UrlError::UrlHasFragment);
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(UrlError::UrlHasCredentials);
    }
    let port_at = authority
        .rfind(':')
        .filter(|at| !authority[*at..].contains(']'));
    let (host, port) = match port_at {
        None => (authority, if https { 443 } else { 80 }),
        Some(at) => (
            &authority[..at],
            parse_port(&authority[at + 1..]).map_err(|_| UrlError::NotAUrl)?,
        ),
    };
    // An IPv6 literal without brackets would be cut at its last colon.
    if host.contains(':') && !host.starts_with('[') {
        return Err(UrlError::NotAUrl);
    }
    let host = Host::parse(host).map_err(|_| UrlError::NotAUrl)?;
    Ok(Parts { https, host, port })
}

/// Parses a TCP port.
///
/// # Errors
/// `Required`, `NotAPort`.
pub fn parse_port(typed: &str) -> Result<u16, PortError> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(PortError::Required);
    }
    // `u16::from_str` would accept "+25" as well.
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(PortError::NotAPort);
    }
    text.parse()
        .ok()
        .filter(|port| *port != 0)
        .ok_or(PortError::NotAPort)
}

/// URL of an authorization or token endpoint: `https:`, or `http:` on loopback, without a fragment
/// (RFC 6749 §3.1, §3.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EndpointUrl(String);

impl EndpointUrl {
    /// Parses a typed URL. Surrounding white space is removed.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `NotAUrl`, `UrlNotHttps`, `UrlHasFragment`, `UrlHasCredentials`.
    pub fn parse(typed: &str) -> Result<Self, UrlError> {
        let text = with_ascii_host(typed.trim());
        let parts = parts(&text)?;
        if !parts.https && !parts.host.is_loopback() {
            return Err(UrlError::UrlNotHttps);
        }
        Ok(Self(text.into_owned()))
    }

    /// Returns the URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the family of the provider that the endpoint belongs to.
    pub fn family(&self) -> ProviderFamily {
        parts(&self.0).map_or(ProviderFamily::Other, |parts| {
            ProviderFamily::of_host(&parts.host)
        })
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// URL that the provider redirects the administrator to. Both requests of an authorization must
/// contain the same bytes (RFC 6749 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedirectUrl(String);

/// Reason why providers reject a redirect URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RedirectRefusal {
    /// The URL is `http:` on a host that is not this machine.
    PlainHttp,
    /// The host is a private address or a local name.
    PrivateHost,
}

impl RedirectUrl {
    /// Path of the callback on every server.
    pub const PATH: &str = OAuthCallback::PATH;

    /// Parses a redirect URL.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `NotAUrl`, `UrlHasFragment`, `UrlHasCredentials`.
    pub fn parse(typed: &str) -> Result<Self, UrlError> {
        let text = with_ascii_host(typed.trim());
        parts(&text)?;
        Ok(Self(text.into_owned()))
    }

    /// Returns the redirect URL below an origin such as `https://mail.example.com`.
    ///
    /// # Errors
    /// The errors of [`RedirectUrl::parse`].
    pub fn below(origin: &str) -> Result<Self, UrlError> {
        Self::parse(&format!("{}{}", origin.trim_end_matches('/'), Self::PATH))
    }

    /// Returns the URL as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the origin that was passed to [`RedirectUrl::below`].
    pub fn origin(&self) -> &str {
        self.0.strip_suffix(Self::PATH).unwrap_or(&self.0)
    }

    /// Returns the reason why Google and most other providers reject this URL, if there is one. All
    /// providers accept loopback.
    pub fn refusal(&self) -> Option<RedirectRefusal> {
        let parts = parts(&self.0).ok()?;
        if parts.host.is_loopback() {
            None
        } else if parts.host.is_private() || parts.host.ip().is_some() {
            Some(RedirectRefusal::PrivateHost)
        } else {
            (!parts.https).then_some(RedirectRefusal::PlainHttp)
        }
    }
}

impl fmt::Display for RedirectUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Parses an origin (RFC 6454 §6.2) into a flag for https, its host, and its port. Returns `None`
/// if anything follows the port, including a slash.
pub fn origin(text: &str) -> Option<(bool, Host, u16)> {
    let (_, authority) = text.split_once("://")?;
    if authority.contains(['/', '?']) {
        return None;
    }
    let parts = parts(text).ok()?;
    Some((parts.https, parts.host, parts.port))
}

/// Returns the host and the port of an absolute URL.
pub fn host_and_port(url: &str) -> Option<(Host, u16)> {
    parts(url).ok().map(|parts| (parts.host, parts.port))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn endpoints_are_https_except_on_loopback() {
        for valid in [
            " https://accounts.google.com/o/oauth2/v2/auth\n",
            "https://login.example.com:8443/x?tenant=1",
            "http://localhost:4000/token",
            "http://127.0.0.1:4000/token",
            "http://[::1]:4000/token",
        ] {
            assert_eq!(EndpointUrl::parse(valid).unwrap().as_str(), valid.trim());
        }
        for (typed, error) in [
            ("", UrlError::Required),
            ("accounts.google.com/o/oauth2", UrlError::NotAUrl),
            ("ftp://example.com/", UrlError::NotAUrl),
            ("https:///x", UrlError::NotAUrl),
            ("https://exa mple.com/", UrlError::NotAUrl),
            ("https://example.com:99999/", UrlError::NotAUrl),
            ("https://::1/", UrlError::NotAUrl),
            ("https://example.com/\u{202e}x", UrlError::NotAUrl),
            ("http://example.com/token", UrlError::UrlNotHttps),
            ("http://localhost.example.com/token", UrlError::UrlNotHttps),
            ("https://example.com/#token", UrlError::UrlHasFragment),
            ("https://a:b@example.com/", UrlError::UrlHasCredentials),
        ] {
            assert_eq!(EndpointUrl::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn internationalized_hosts_become_a_labels() {
        for (typed, url) in [
            ("https://login.exämple.de:8443/ä", Err(UrlError::NotAUrl)),
            (
                "https://login.exämple.de:8443/token?a=%C3%A4",
                Ok("https://login.xn--exmple-cua.de:8443/token?a=%C3%A4"),
            ),
            ("https://EXÄMPLE.de", Ok("https://xn--exmple-cua.de")),
            ("https://ä:b@exämple.de/", Err(UrlError::NotAUrl)),
            ("https://a/ä", Err(UrlError::NotAUrl)),
        ] {
            let parsed = EndpointUrl::parse(typed);
            assert_eq!(
                parsed.as_ref().map(EndpointUrl::as_str),
                url.as_ref().map(|url| *url),
                "{typed}"
            );
        }
        let redirect = RedirectUrl::below("https://mail.exämple.de").unwrap();
        assert_eq!(
            redirect.as_str(),
            "https://mail.xn--exmple-cua.de/oauth/callback"
        );
    }

    #[test]
    fn ports_are_numbers_from_1_to_65535() {
        assert_eq!(parse_port(" 587 "), Ok(587));
        assert_eq!(parse_port("65535"), Ok(65_535));
        assert_eq!(parse_port(""), Err(PortError::Required));
        for typed in [
            "0",
            "65536",
            "-1",
            "+25",
            "25.0",
            "smtp",
            "٥٨٧",
            "99999999999999999999",
        ] {
            assert_eq!(parse_port(typed), Err(PortError::NotAPort), "{typed}");
        }
    }

    #[test]
    fn warns_of_redirect_urls_that_providers_reject() {
        for (url, refusal) in [
            ("http://127.0.0.1:3000/oauth/callback", None),
            ("http://localhost:3000/oauth/callback", None),
            ("https://mail.example.com/oauth/callback", None),
            (
                "http://mail.example.com/oauth/callback",
                Some(RedirectRefusal::PlainHttp),
            ),
            (
                "https://192.168.1.2/oauth/callback",
                Some(RedirectRefusal::PrivateHost),
            ),
            (
                "https://203.0.113.7/oauth/callback",
                Some(RedirectRefusal::PrivateHost),
            ),
            (
                "https://mail.local/oauth/callback",
                Some(RedirectRefusal::PrivateHost),
            ),
            (
                "https://intranet/oauth/callback",
                Some(RedirectRefusal::PrivateHost),
            ),
        ] {
            assert_eq!(RedirectUrl::parse(url).unwrap().refusal(), refusal, "{url}");
        }
        let below = RedirectUrl::below("https://mail.example.com/").unwrap();
        assert_eq!(below.as_str(), "https://mail.example.com/oauth/callback");
        assert_eq!(below.origin(), "https://mail.example.com");
    }

    proptest! {
        #[test]
        fn an_accepted_endpoint_is_a_single_line_of_ascii(text in "\\PC{0,60}|https?://\\PC{0,60}") {
            if let Ok(endpoint) = EndpointUrl::parse(&text) {
                prop_assert!(endpoint.as_str().bytes().all(|b| b.is_ascii_graphic()));
            }
        }

        #[test]
        fn every_port_reads_back(port in 1_u16..) {
            prop_assert_eq!(parse_port(&port.to_string()), Ok(port));
        }
    }
}
