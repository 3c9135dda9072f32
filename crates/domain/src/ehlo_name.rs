//! The name that a client gives in EHLO.

use std::{fmt, net::IpAddr};

use serde::{Deserialize, Serialize};

use crate::{EhloNameError, Host};

/// Fully qualified domain name or address literal (RFC 5321 §4.1.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EhloName(String);

impl EhloName {
    /// Parses a typed name. An empty one stands for the default, which is determined for each
    /// connection. Addresses get the form of a literal, `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
    ///
    /// # Errors
    /// `NotAnEhloName` for a name without a dot, and those of [`Host::parse`].
    pub fn parse(typed: &str) -> Result<Option<Self>, EhloNameError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Ok(None);
        }
        let bare = match typed.get(..6) {
            Some(prefix) if prefix.eq_ignore_ascii_case("[IPv6:") => {
                format!("[{}", &typed[6..])
            }
            _ => typed.to_owned(),
        };
        let host = Host::parse(&bare)?;
        match host.ip() {
            Some(ip) => Ok(Some(Self::literal(ip))),
            None => Self::full(host.as_str())
                .map(Some)
                .ok_or(EhloNameError::NotAnEhloName),
        }
    }

    /// Returns the address literal of an IP address (RFC 5321 §4.1.3).
    pub fn literal(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V4(ip) => format!("[{ip}]"),
            IpAddr::V6(ip) => format!("[IPv6:{ip}]"),
        })
    }

    /// Returns the name of this machine if it is fully qualified, otherwise the literal of its
    /// address. Many servers reject names without a dot, and `localhost.localdomain`.
    pub fn of_machine(name: &str, ip: IpAddr) -> Self {
        let host = Host::parse(name).ok().filter(|host| host.ip().is_none());
        host.and_then(|host| Self::full(host.as_str()))
            .unwrap_or_else(|| Self::literal(ip))
    }

    /// Returns the name as EHLO sends it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn full(name: &str) -> Option<Self> {
        // Host names may have underscores, names in EHLO may not.
        let is_full = name.contains('.') && !name.contains('_') && !name.ends_with(".localdomain");
        is_full.then(|| Self(name.to_owned()))
    }
}

impl fmt::Display for EhloName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_name_is_fully_qualified_or_an_address_literal() {
        for (typed, expected) in [
            ("", Ok(None)),
            (" Mail.Example.com. ", Ok(Some("mail.example.com"))),
            ("bücher.example", Ok(Some("xn--bcher-kva.example"))),
            ("[192.0.2.1]", Ok(Some("[192.0.2.1]"))),
            ("192.0.2.1", Ok(Some("[192.0.2.1]"))),
            ("[IPv6:2001:DB8::1]", Ok(Some("[IPv6:2001:db8::1]"))),
            ("[ipv6:::ffff:192.0.2.1]", Ok(Some("[192.0.2.1]"))),
            ("2001:db8::1", Ok(Some("[IPv6:2001:db8::1]"))),
            ("vm", Err(EhloNameError::NotAnEhloName)),
            ("my_host.example.com", Err(EhloNameError::NotAnEhloName)),
            ("localhost.localdomain", Err(EhloNameError::NotAnEhloName)),
            ("https://example.com", Err(EhloNameError::HostHasScheme)),
            ("mail.example.com:25", Err(EhloNameError::HostHasPort)),
            ("a b.example", Err(EhloNameError::NotAHost)),
            ("a.example\r\nMAIL", Err(EhloNameError::NotAHost)),
        ] {
            let parsed = EhloName::parse(typed);
            let parsed = parsed
                .as_ref()
                .map(|name| name.as_ref().map(EhloName::as_str));
            assert_eq!(parsed.map_err(|error| *error), expected, "{typed:?}");
        }
    }

    #[test]
    fn the_default_is_the_machines_full_name_else_its_address() {
        let v4 = IpAddr::from([192, 0, 2, 1]);
        let v6 = "2001:db8::1".parse().unwrap();
        for (name, ip, expected) in [
            ("mail.example.com", v4, "mail.example.com"),
            ("vm", v4, "[192.0.2.1]"),
            ("vm", v6, "[IPv6:2001:db8::1]"),
            ("localhost.localdomain", v4, "[192.0.2.1]"),
            ("my_machine.example.com", v4, "[192.0.2.1]"),
            ("a b.c", v4, "[192.0.2.1]"),
            ("", v4, "[192.0.2.1]"),
            ("10.0.0.1", v4, "[192.0.2.1]"),
        ] {
            assert_eq!(EhloName::of_machine(name, ip).as_str(), expected, "{name}");
        }
    }
}
