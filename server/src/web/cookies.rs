//! The two cookies: the session, and the device cookie of a browser that has signed in before.

use access::{Device, NewSession, Token};
use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};

use super::PublicUrl;

/// Lifetime of the session cookie in seconds.
const TWELVE_HOURS: u32 = 43_200;
/// Lifetime of the device cookie in seconds.
const ONE_YEAR: u32 = 31_536_000;

/// A cookie of this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session cookie, deleted when the session ends.
    Session,
    /// The device cookie, which outlives the session.
    Device,
}

/// The session cookie that a browser sent.
#[derive(Clone, Debug)]
pub enum SessionCookie {
    /// No value.
    Missing,
    /// A value in the format of a token.
    Token(Token),
    /// A malformed value, or several values, one of which was not set by this server.
    Malformed,
}

impl SessionCookie {
    /// Returns the token, if there is one.
    pub fn token(self) -> Option<Token> {
        match self {
            Self::Token(token) => Some(token),
            Self::Missing | Self::Malformed => None,
        }
    }
}

/// Reads and sets cookies. Their names depend on the scheme of the server's URL.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    is_https: bool,
}

impl Cookies {
    /// Returns the cookies for a public URL.
    pub fn of(public_url: Option<&PublicUrl>) -> Self {
        Self {
            is_https: public_url.is_some_and(PublicUrl::is_https),
        }
    }

    /// Returns the cookie name. Over https it has the prefix `__Host-`: browsers only accept such a
    /// cookie from this host itself (RFC 6265bis §4.1.3.2), so a sibling domain cannot set one.
    fn name(self, cookie: Cookie) -> &'static str {
        match (cookie, self.is_https) {
            (Cookie::Session, true) => "__Host-mailgrant_session",
            (Cookie::Session, false) => "mailgrant_session",
            (Cookie::Device, true) => "__Host-mailgrant_device",
            (Cookie::Device, false) => "mailgrant_device",
        }
    }

    /// Returns the session token of a request.
    pub fn session(self, headers: &HeaderMap) -> SessionCookie {
        match self.values(Cookie::Session, headers) {
            (None, _) => SessionCookie::Missing,
            (Some(value), None) => {
                Token::parse(value).map_or(SessionCookie::Malformed, SessionCookie::Token)
            }
            (Some(_), Some(_)) => SessionCookie::Malformed,
        }
    }

    /// Returns the unverified device cookie of a browser that has signed in before.
    pub fn device(self, headers: &HeaderMap) -> Option<Device> {
        match self.values(Cookie::Device, headers) {
            (Some(value), None) => Device::parse(value),
            _ => None,
        }
    }

    /// Returns the first two values of a cookie.
    fn values(self, cookie: Cookie, headers: &HeaderMap) -> (Option<&str>, Option<&str>) {
        let name = self.name(cookie);
        let mut values = headers
            .get_all(COOKIE)
            .iter()
            .flat_map(|header| header.as_bytes().split(|b| *b == b';'))
            .filter_map(|pair| {
                let (found, value) = std::str::from_utf8(pair).ok()?.trim().split_once('=')?;
                (found == name).then_some(value)
            });
        (values.next(), values.next())
    }

    /// Sets the cookies of a new session.
    pub fn begin(self, session: &NewSession, headers: &mut HeaderMap) {
        self.set(
            Cookie::Session,
            session.token.expose(),
            TWELVE_HOURS,
            headers,
        );
        self.set(Cookie::Device, session.device.expose(), ONE_YEAR, headers);
    }

    /// Deletes the session cookie. The device cookie stays, because it does not identify the user.
    pub fn end(self, headers: &mut HeaderMap) {
        self.set(Cookie::Session, "", 0, headers);
    }

    /// Returns true if a response sets the session cookie.
    pub fn are_set(self, headers: &HeaderMap) -> bool {
        let name = self.name(Cookie::Session).as_bytes();
        headers.get_all(SET_COOKIE).iter().any(|cookie| {
            cookie
                .as_bytes()
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(b"="))
        })
    }

    /// Sets a cookie. `SameSite=Lax` because the browser must send it when the provider redirects
    /// back to the callback.
    fn set(self, cookie: Cookie, value: &str, max_age: u32, headers: &mut HeaderMap) {
        let (name, secure) = (
            self.name(cookie),
            if self.is_https { "; Secure" } else { "" },
        );
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
        // A token contains only characters that are valid in a header.
        if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
            cookie.set_sensitive(true);
            headers.append(SET_COOKIE, cookie);
        }
    }
}

#[cfg(test)]
mod tests {
    use access::Token;
    use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

    use super::{Cookies, SessionCookie};

    fn read(is_https: bool, lines: &[&str]) -> SessionCookie {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
        }
        Cookies { is_https }.session(&headers)
    }

    #[test]
    fn only_the_name_in_force_is_read() {
        let token = Token::generate();
        let (plain, prefixed) = (
            format!("mailgrant_session={}", token.expose()),
            format!("a=b; __Host-mailgrant_session={}", token.expose()),
        );
        for (is_https, line, good) in [
            (false, &plain, true),
            (true, &plain, false),
            (true, &prefixed, true),
            (false, &prefixed, false),
        ] {
            let shown = read(is_https, &[line]);
            assert_eq!(shown.token().is_some(), good, "{is_https} {line}");
        }
    }

    #[test]
    fn of_two_values_neither_is_used() {
        let line = format!("mailgrant_session={}", Token::generate().expose());
        let twice = format!("{line}; {line}");
        assert!(matches!(read(false, &[&twice]), SessionCookie::Malformed));
        assert!(matches!(
            read(false, &[&line, &line]),
            SessionCookie::Malformed
        ));
        assert!(matches!(
            read(false, &["mailgrant_session=x"]),
            SessionCookie::Malformed
        ));
        assert!(matches!(
            read(false, &["mailgrant_device=x"]),
            SessionCookie::Missing
        ));
    }
}
