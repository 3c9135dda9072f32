//! Host names and IP literals.

use std::{fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

use crate::{HostError, idn};

/// Host name (RFC 1123, but underscores are allowed) or IP address without brackets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Host(String);

impl Host {
    /// Parses a typed host. Surrounding white space and the brackets of `[::1]` are removed. Names
    /// are converted to lower case, and internationalized names to A-labels (IDNA 2008, UTS 46).
    ///
    /// # Errors
    /// `Required`, `TooLong`, `NotAHost`, `HostHasScheme` for a URL, `HostHasPort` for `host:port`.
    pub fn parse(typed: &str) -> Result<Self, HostError> {
        let text = typed.trim();
        if text.is_empty() {
            return Err(HostError::Required);
        }
        if text.contains("://") {
            return Err(HostError::HostHasScheme);
        }
        let bare = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(text);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Ok(Self(ip.to_string()));
        }
        let name_and_port = text.rsplit_once(':');
        if let Some((name, port)) = name_and_port
            && port.chars().all(|c| c.is_ascii_digit())
            && (is_name(name) || !name.is_ascii())
        {
            return Err(HostError::HostHasPort);
        }
        let converted = if text.is_ascii() {
            text.to_owned()
        } else {
            idn::to_ascii(text).ok_or(HostError::NotAHost)?
        };
        if converted.len() > 253 {
            return Err(HostError::TooLong);
        }
        let name = converted.strip_suffix('.').unwrap_or(&converted);
        if !is_name(name) {
            return Err(HostError::NotAHost);
        }
        Ok(Self(name.to_ascii_lowercase()))
    }

    /// Returns the name or address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the IP address, if the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.0.parse().ok()
    }

    /// Returns true if this is the local machine: `localhost`, `*.localhost` (RFC 6761 §6.3),
    /// 127.0.0.0/8, or `::1`.
    pub fn is_loopback(&self) -> bool {
        self.ip().map_or_else(
            || self.0 == "localhost" || self.0.ends_with(".localhost"),
            |ip| ip.to_canonical().is_loopback(),
        )
    }

    /// Returns true if a provider on the internet cannot know this host. This applies to private
    /// and link-local addresses, names without a dot, and names under suffixes reserved for local
    /// use.
    pub fn is_private(&self) -> bool {
        match self.ip().map(|ip| ip.to_canonical()) {
            Some(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
            Some(IpAddr::V6(ip)) => {
                ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified()
            }
            None => {
                !self.is_loopback()
                    && (!self.0.contains('.')
                        || [
                            ".local",
                            ".internal",
                            ".lan",
                            ".home.arpa",
                            ".test",
                            ".example",
                        ]
                        .iter()
                        .any(|suffix| self.0.ends_with(suffix)))
            }
        }
    }

    /// Returns true if the host is `domain` or a subdomain of it.
    pub fn is_within(&self, domain: &str) -> bool {
        self.0 == domain
            || self
                .0
                .strip_suffix(domain)
                .is_some_and(|rest| rest.ends_with('.'))
    }
}

/// Returns true for labels of 1 to 63 letters, digits, hyphens, and underscores. The last label
/// must not be a number, because resolvers and URLs read `127.1` and `0x7f000001` as IP addresses
/// (WHATWG URL §3.5, "ends in a number").
fn is_name(text: &str) -> bool {
    let label_is_good = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    text.split('.').all(label_is_good) && !text.rsplit('.').next().is_some_and(is_number)
}

/// Returns true for a decimal, octal, or hexadecimal number.
fn is_number(label: &str) -> bool {
    match label.get(..2) {
        Some("0x" | "0X") => label[2..].bytes().all(|b| b.is_ascii_hexdigit()),
        _ => label.bytes().all(|b| b.is_ascii_digit()),
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_names_and_addresses() {
        for (typed, host) in [
            (" smtp.gmail.com ", "smtp.gmail.com"),
            ("SMTP.Office365.com.", "smtp.office365.com"),
            ("localhost", "localhost"),
            ("mail_relay", "mail_relay"),
            ("127.0.0.1", "127.0.0.1"),
            ("::1", "::1"),
            ("[2001:DB8::1]", "2001:db8::1"),
            ("Mail.Exämple.de.", "mail.xn--exmple-cua.de"),
            // The A-label reveals that the м is Cyrillic.
            ("sмtp.gmail.com", "xn--stp-ked.gmail.com"),
        ] {
            assert_eq!(
                Host::parse(typed).map(|h| h.to_string()),
                Ok(host.to_owned()),
                "{typed}"
            );
        }
    }

    #[test]
    fn distinguishes_common_mistakes() {
        for (typed, error) in [
            ("", HostError::Required),
            ("   ", HostError::Required),
            ("https://smtp.gmail.com", HostError::HostHasScheme),
            ("smtp.gmail.com:587", HostError::HostHasPort),
            ("smtp gmail.com", HostError::NotAHost),
            ("smtp..gmail.com", HostError::NotAHost),
            ("-smtp.gmail.com", HostError::NotAHost),
            ("256.1.1.1", HostError::NotAHost),
            ("1.2.3", HostError::NotAHost),
            ("0xa9fea9fe", HostError::NotAHost),
            ("127.0x1", HostError::NotAHost),
            ("127.0X", HostError::NotAHost),
            ("smtp.gmail.com\r\nRCPT", HostError::NotAHost),
            ("smtp.gmail.com/x", HostError::NotAHost),
            ("exämple.de:587", HostError::HostHasPort),
            ("１２７.０.０.１", HostError::NotAHost),
            ("ä\u{202e}.example", HostError::NotAHost),
        ] {
            assert_eq!(Host::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn knows_loopback_and_private_hosts() {
        let host = |typed: &str| Host::parse(typed).unwrap();
        for loopback in [
            "localhost",
            "a.localhost",
            "127.1.2.3",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(host(loopback).is_loopback(), "{loopback}");
            assert!(!host(loopback).is_private(), "{loopback}");
        }
        for private in [
            "10.0.0.1",
            "192.168.1.1",
            "fd00::1",
            "fe80::1",
            "mail",
            "x.local",
        ] {
            assert!(host(private).is_private(), "{private}");
            assert!(!host(private).is_loopback(), "{private}");
        }
        for public in ["8.8.8.8", "example.com", "notlocalhost.com"] {
            assert!(
                !host(public).is_private() && !host(public).is_loopback(),
                "{public}"
            );
        }
        assert!(host("login.microsoftonline.com").is_within("microsoftonline.com"));
        assert!(!host("evilmicrosoftonline.com").is_within("microsoftonline.com"));
    }
}
