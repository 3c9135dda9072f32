//! The two cookies: that of the session, and that of a browser that has signed in before.

use access::{Device, NewSession, Token};
use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};

use super::PublicUrl;

/// Seconds.
const TWELVE_HOURS: u32 = 43_200;
/// Seconds.
const ONE_YEAR: u32 = 31_536_000;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Ends with the session.
    Session,
    /// Outlives it.
    Device,
}

/// What a browser has sent for a cookie.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// What may be a token of ours.
    Token(Token),
    /// Something that is none, or several values: one of them is not from here.
    Unreadable,
}

impl Shown {
    /// The token.
    pub fn token(self) -> Option<Token> {
        match self {
            Self::Token(token) => Some(token),
            Self::Nothing | Self::Unreadable => None,
        }
    }
}

/// The cookies of this server, by how it is reached.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    is_https: bool,
}

impl Cookies {
    /// For a public URL.
    pub fn of(public_url: Option<&PublicUrl>) -> Self {
        Self {
            is_https: public_url.is_some_and(PublicUrl::is_https),
        }
    }

    /// Browsers keep a cookie with the prefix only when this very host has set it over https (RFC 6265bis §4.1.3.2); so no
    /// neighbour on the domain can plant one.
    fn name(self, cookie: Cookie) -> &'static str {
        match (cookie, self.is_https) {
            (Cookie::Session, true) => "__Host-mailgrant_session",
            (Cookie::Session, false) => "mailgrant_session",
            (Cookie::Device, true) => "__Host-mailgrant_device",
            (Cookie::Device, false) => "mailgrant_device",
        }
    }

    /// What a request shows for the session.
    pub fn session(self, headers: &HeaderMap) -> Shown {
        match self.values(Cookie::Session, headers) {
            (None, _) => Shown::Nothing,
            (Some(value), None) => Token::parse(value).map_or(Shown::Unreadable, Shown::Token),
            (Some(_), Some(_)) => Shown::Unreadable,
        }
    }

    /// The cookie of a browser that has signed in before, which is not verified.
    pub fn device(self, headers: &HeaderMap) -> Option<Device> {
        match self.values(Cookie::Device, headers) {
            (Some(value), None) => Device::parse(value),
            _ => None,
        }
    }

    /// The first two values of a cookie.
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

    /// Gives a browser the cookies of a new session.
    pub fn begin(self, session: &NewSession, headers: &mut HeaderMap) {
        self.set(
            Cookie::Session,
            session.token.expose(),
            TWELVE_HOURS,
            headers,
        );
        self.set(Cookie::Device, session.device.expose(), ONE_YEAR, headers);
    }

    /// Takes the cookie of the session away; that of the device stays, as it says nothing about who is signed in.
    pub fn end(self, headers: &mut HeaderMap) {
        self.set(Cookie::Session, "", 0, headers);
    }

    /// Whether an answer sets the cookie of the session.
    pub fn are_set(self, headers: &HeaderMap) -> bool {
        let name = self.name(Cookie::Session).as_bytes();
        headers.get_all(SET_COOKIE).iter().any(|cookie| {
            cookie
                .as_bytes()
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(b"="))
        })
    }

    /// Lax: the browser has to send it when the provider leads back to the callback.
    fn set(self, cookie: Cookie, value: &str, max_age: u32, headers: &mut HeaderMap) {
        let (name, secure) = (
            self.name(cookie),
            if self.is_https { "; Secure" } else { "" },
        );
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
        // A token has no character that cannot stand in a header.
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

    use super::{Cookies, Shown};

    fn read(is_https: bool, lines: &[&str]) -> Shown {
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
    fn of_two_values_neither_is_taken() {
        let line = format!("mailgrant_session={}", Token::generate().expose());
        let twice = format!("{line}; {line}");
        assert!(matches!(read(false, &[&twice]), Shown::Unreadable));
        assert!(matches!(read(false, &[&line, &line]), Shown::Unreadable));
        assert!(matches!(
            read(false, &["mailgrant_session=x"]),
            Shown::Unreadable
        ));
        assert!(matches!(
            read(false, &["mailgrant_device=x"]),
            Shown::Nothing
        ));
    }
}
