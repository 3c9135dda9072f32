//! Messages of the SASL mechanisms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Mechanism that the sandbox supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mechanism {
    Xoauth2,
    Oauthbearer,
    Plain,
    Login,
}

/// User name and password or token.
#[derive(PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) secret: String,
}

impl Mechanism {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "XOAUTH2" => Some(Self::Xoauth2),
            "OAUTHBEARER" => Some(Self::Oauthbearer),
            "PLAIN" => Some(Self::Plain),
            "LOGIN" => Some(Self::Login),
            _ => None,
        }
    }

    pub(crate) fn takes_tokens(self) -> bool {
        matches!(self, Self::Xoauth2 | Self::Oauthbearer)
    }

    /// Parses credentials from a single message. LOGIN needs two, so it is parsed elsewhere.
    pub(crate) fn parse(self, blob: &[u8]) -> Option<Credentials> {
        let blob = std::str::from_utf8(blob).ok()?;
        match self {
            Self::Xoauth2 => xoauth2(blob),
            Self::Oauthbearer => oauthbearer(blob),
            Self::Plain => plain(blob),
            Self::Login => None,
        }
    }
}

/// Returns the name of the mechanism in an AUTH line, in upper case, for the records.
pub(crate) fn name_in(line: &[u8]) -> String {
    String::from_utf8_lossy(line)
        .split_ascii_whitespace()
        .nth(1)
        .filter(|name| name.len() <= 20)
        .map_or_else(|| "UNKNOWN".to_owned(), str::to_ascii_uppercase)
}

/// Decodes base64. `=` stands for an empty initial response (RFC 4954 §4).
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    if text == "=" {
        return Some(Vec::new());
    }
    STANDARD.decode(text).ok()
}

pub(crate) fn encode(text: &str) -> String {
    STANDARD.encode(text)
}

/// Parses `user=U ^A auth=Bearer T ^A ^A`.
fn xoauth2(blob: &str) -> Option<Credentials> {
    let fields = blob.strip_suffix("\x01\x01")?;
    let mut user = None;
    let mut secret = None;
    for field in fields.split('\x01') {
        match field.split_once('=')? {
            ("user", value) => user = Some(value.to_owned()),
            ("auth", value) => secret = Some(bearer(value)?),
            _ => {}
        }
    }
    Some(Credentials {
        user: user?,
        secret: secret?,
    })
}

/// Parses `n,a=U,^Ahost=H^Aport=P^Aauth=Bearer T^A^A` (RFC 7628 §3.1).
fn oauthbearer(blob: &str) -> Option<Credentials> {
    let (header, fields) = blob.strip_suffix("\x01\x01")?.split_once('\x01')?;
    let mut parts = header.split(',');
    if !matches!(parts.next()?, "n" | "y") {
        return None;
    }
    let user = parts.next()?.strip_prefix("a=")?;
    let user = user.replace("=2C", ",").replace("=3D", "=");
    let secret = fields
        .split('\x01')
        .find_map(|field| field.strip_prefix("auth="))?;
    Some(Credentials {
        user,
        secret: bearer(secret)?,
    })
}

/// Parses `authzid NUL authcid NUL passwd` (RFC 4616).
fn plain(blob: &str) -> Option<Credentials> {
    let mut parts = blob.split('\0');
    let _authorization_identity = parts.next()?;
    let user = parts.next()?.to_owned();
    let secret = parts.next()?.to_owned();
    parts
        .next()
        .is_none()
        .then_some(Credentials { user, secret })
}

fn bearer(value: &str) -> Option<String> {
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.to_owned())
}
