//! Email addresses.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{FieldError, Host};

/// One `local-part@domain` (RFC 5321 §4.1.2, dot-string form; quoted local parts are not taken).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads what was typed; white space around it goes and the domain becomes lower case.
    ///
    /// # Errors
    /// `Required`, `TooLong` (64 octets before the `@`, 254 in all), `SeveralAddresses`,
    /// `NotAnAddress`.
    pub fn parse(typed: &str) -> Result<Self, FieldError> {
        let text = typed.trim();
        if text.is_empty() {
            return Err(FieldError::Required);
        }
        if text.matches('@').count() > 1 && text.contains([',', ';', ' ']) {
            return Err(FieldError::SeveralAddresses);
        }
        let (local, domain) = text.split_once('@').ok_or(FieldError::NotAnAddress)?;
        if local.len() > 64 || text.len() > 254 {
            return Err(FieldError::TooLong);
        }
        let atoms_are_good = local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_atext));
        let domain = Host::parse(domain).map_err(|_| FieldError::NotAnAddress)?;
        if !atoms_are_good || domain.ip().is_some() {
            return Err(FieldError::NotAnAddress);
        }
        Ok(Self(format!("{local}@{domain}")))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// `atext` of RFC 5322 §3.2.3.
fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// The From address: one address with an optional display name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromAddress {
    /// The display name, without quotes.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

impl FromAddress {
    /// Reads `address`, `Name <address>` or `"Name" <address>`.
    ///
    /// # Errors
    /// As [`EmailAddress::parse`]; `ControlCharacter` or `TooLong` (more than 128 characters) for
    /// the name.
    pub fn parse(typed: &str) -> Result<Self, FieldError> {
        let text = typed.trim();
        if text.chars().any(char::is_control) {
            return Err(FieldError::ControlCharacter);
        }
        let Some((name, rest)) = text.rsplit_once('<') else {
            return Ok(Self {
                name: None,
                address: EmailAddress::parse(text)?,
            });
        };
        let address = rest.strip_suffix('>').ok_or(FieldError::NotAnAddress)?;
        let name = name.trim();
        let quoted = name
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let name = match quoted {
            Some(quoted) => unescape(quoted).trim().to_owned(),
            None if name.contains(['<', '>']) => return Err(FieldError::SeveralAddresses),
            None => name.to_owned(),
        };
        if name.chars().count() > 128 {
            return Err(FieldError::TooLong);
        }
        let name = Some(name).filter(|name| !name.is_empty());
        Ok(Self {
            name,
            address: EmailAddress::parse(address)?,
        })
    }
}

/// Takes the backslashes out of a quoted string (RFC 5322 §3.2.4).
fn unescape(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        text.extend(if character == '\\' {
            characters.next()
        } else {
            Some(character)
        });
    }
    text
}

impl fmt::Display for FromAddress {
    /// A form that [`FromAddress::parse`] reads back to the same value.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            None => self.address.fmt(formatter),
            Some(name) if name.contains(['"', '\\', '<', '>', ',', '@', ';', ':']) => {
                let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
                write!(formatter, "\"{escaped}\" <{}>", self.address)
            }
            Some(name) => write!(formatter, "{name} <{}>", self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accepts_addresses() {
        for (typed, address) in [
            (" alice@Example.COM ", "alice@example.com"),
            (
                "o'brien+news@mail.example.com",
                "o'brien+news@mail.example.com",
            ),
            ("root@localhost", "root@localhost"),
        ] {
            let parsed = EmailAddress::parse(typed).map(|address| address.to_string());
            assert_eq!(parsed, Ok(address.to_owned()));
        }
    }

    #[test]
    fn refuses_what_is_not_one_address() {
        let long = format!("{}@example.com", "a".repeat(65));
        for (typed, error) in [
            ("", FieldError::Required),
            ("alice", FieldError::NotAnAddress),
            ("alice@", FieldError::NotAnAddress),
            ("@example.com", FieldError::NotAnAddress),
            ("alice@@example.com", FieldError::NotAnAddress),
            ("a..b@example.com", FieldError::NotAnAddress),
            ("alice@exa mple.com", FieldError::NotAnAddress),
            ("alice@10.0.0.1", FieldError::NotAnAddress),
            (
                "alice@example.com\r\nBcc: x@y.z",
                FieldError::SeveralAddresses,
            ),
            (
                "alice@example.com, bob@example.com",
                FieldError::SeveralAddresses,
            ),
            (long.as_str(), FieldError::TooLong),
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn reads_a_display_name() {
        for (typed, name, address) in [
            ("noreply@example.com", None, "noreply@example.com"),
            (
                "Example Ltd <noreply@example.com>",
                Some("Example Ltd"),
                "noreply@example.com",
            ),
            (
                "\"Doe, Jane\" <jane@example.com>",
                Some("Doe, Jane"),
                "jane@example.com",
            ),
            ("<jane@example.com>", None, "jane@example.com"),
            ("Zoë <zoe@example.com>", Some("Zoë"), "zoe@example.com"),
        ] {
            let parsed = FromAddress::parse(typed).unwrap();
            assert_eq!(
                (parsed.name.as_deref(), parsed.address.as_str()),
                (name, address)
            );
        }
        assert_eq!(
            FromAddress::parse("A <a@b.c>\nBcc: x@y.z"),
            Err(FieldError::ControlCharacter)
        );
        assert_eq!(
            FromAddress::parse("A <a@b.c"),
            Err(FieldError::NotAnAddress)
        );
    }

    proptest! {
        #[test]
        fn a_written_from_address_reads_back(name in "[a-zA-Zäö\"\\\\<>,@;:' ]{0,40}", local in "[a-z0-9+]{1,20}") {
            let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
            let address = EmailAddress::parse(&format!("{local}@example.com")).unwrap();
            let from = FromAddress { name, address };
            prop_assert_eq!(FromAddress::parse(&from.to_string()), Ok(from));
        }

        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC{0,80}") {
            let _ = FromAddress::parse(&text);
            let _ = EmailAddress::parse(&text);
            let _ = Host::parse(&text);
        }
    }
}
