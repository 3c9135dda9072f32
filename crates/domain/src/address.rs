//! Email addresses.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AddressError, FromAddressError, Host, untrusted};

mod local_part;

/// Email address `local-part@domain`, in the form used on the wire. The domain is in A-labels, and
/// a local part that is not a dot-string is quoted (RFC 5321 §4.1.2). The local part may contain
/// UTF-8 (RFC 6531 §3.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses a typed address. Surrounding white space is removed, and the domain is converted to
    /// lower case. Local parts such as `a..b` exist although RFC 5321 only allows them in quotes,
    /// so they are quoted.
    ///
    /// # Errors
    /// `Required`, `TooLong` (over 64 octets before the `@`, or over 254 in total),
    /// `SeveralAddresses`, `NotAnAddress`.
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let text = typed.trim();
        if text.is_empty() {
            return Err(AddressError::Required);
        }
        let (local, domain) = match text.strip_prefix('"') {
            Some(rest) => local_part::unquote(rest).ok_or(AddressError::NotAnAddress)?,
            None if text.matches('@').count() > 1 && text.contains([',', ';', ' ']) => {
                return Err(AddressError::SeveralAddresses);
            }
            None => {
                let (local, domain) = text.split_once('@').ok_or(AddressError::NotAnAddress)?;
                if !local_part::is_atoms_and_dots(local) {
                    return Err(AddressError::NotAnAddress);
                }
                (local.to_owned(), domain)
            }
        };
        let local = local_part::canonical(local);
        let host = Host::parse(domain).map_err(|_| AddressError::NotAnAddress)?;
        if local.len() > 64 || local.len() + 1 + host.as_str().len() > 254 {
            return Err(AddressError::TooLong);
        }
        if host.ip().is_some() {
            return Err(AddressError::NotAnAddress);
        }
        Ok(Self(format!("{local}@{host}")))
    }

    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part before the `@`, with quotes if it needs them.
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// Returns the part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Returns true if mail servers accept this address only with SMTPUTF8 (RFC 6531).
    pub fn needs_smtputf8(&self) -> bool {
        !self.0.is_ascii()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Splits a list of addresses at its commas. A comma within quotes belongs to an address. White space
/// around addresses and empty items are removed.
pub fn split_list(list: &str) -> impl Iterator<Item = &str> {
    split_outside_quotes(list, &[','])
}

/// Splits a list as [`split_list`] does, at any of these characters. Quotes end with their line.
pub(crate) fn split_outside_quotes<'a>(
    list: &'a str,
    separators: &'static [char],
) -> impl Iterator<Item = &'a str> {
    let (mut in_quotes, mut escaped) = (false, false);
    let items = list.split(move |c: char| {
        match c {
            '\r' | '\n' => {
                (in_quotes, escaped) = (false, false);
                return separators.contains(&c);
            }
            _ if escaped => escaped = false,
            '\\' if in_quotes => escaped = true,
            '"' => in_quotes = !in_quotes,
            _ => return !in_quotes && separators.contains(&c),
        }
        false
    });
    items.map(str::trim).filter(|item| !item.is_empty())
}

/// From address: one address with an optional display name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromAddress {
    /// Display name, without quotes.
    pub name: Option<String>,
    /// Address without the display name.
    pub address: EmailAddress,
}

impl FromAddress {
    /// Parses `address`, `Name <address>`, or `"Name" <address>`.
    ///
    /// # Errors
    /// The errors of [`EmailAddress::parse`]. For the name: `ControlCharacter`, or `TooLong` (over
    /// 128 characters).
    pub fn parse(typed: &str) -> Result<Self, FromAddressError> {
        let text = typed.trim();
        if !text.chars().all(untrusted::is_displayable) {
            return Err(FromAddressError::ControlCharacter);
        }
        let Some((name, rest)) = opening_bracket(text).map(|at| (&text[..at], &text[at + 1..]))
        else {
            return Ok(Self {
                name: None,
                address: EmailAddress::parse(text)?,
            });
        };
        let address = rest
            .strip_suffix('>')
            .ok_or(FromAddressError::NotAnAddress)?;
        let name = name.trim();
        let quoted = name
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let name = match quoted {
            Some(quoted) => unescape(quoted).trim().to_owned(),
            None if name.contains(['<', '>']) => return Err(FromAddressError::SeveralAddresses),
            None => name.to_owned(),
        };
        if name.chars().count() > 128 {
            return Err(FromAddressError::TooLong);
        }
        let name = Some(name).filter(|name| !name.is_empty());
        Ok(Self {
            name,
            address: EmailAddress::parse(address)?,
        })
    }
}

/// Returns the position of the `<` before the address. This is the first one outside quotes, or the
/// last one if a quote is never closed.
fn opening_bracket(text: &str) -> Option<usize> {
    let (mut in_quotes, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_quotes => escaped = true,
            b'"' => in_quotes = !in_quotes,
            b'<' if !in_quotes => return Some(at),
            _ => {}
        }
    }
    text.rfind('<').filter(|_| in_quotes && text.ends_with('>'))
}

/// Removes the backslashes of a quoted string (RFC 5322 §3.2.4).
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
    /// Writes a form that [`FromAddress::parse`] parses back to the same value.
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
            ("info@exämple.de", "info@xn--exmple-cua.de"),
            ("jörg@exämple.de", "jörg@xn--exmple-cua.de"),
            ("用户@例え.テスト", "用户@xn--r8jz45g.xn--zckzah"),
            // Japanese mobile providers have such addresses. They are sent in quotes, as RFC 5321
            // requires.
            ("a..b@docomo.example", "\"a..b\"@docomo.example"),
            ("a.@docomo.example", "\"a.\"@docomo.example"),
            (".a@docomo.example", "\".a\"@docomo.example"),
            ("\"a..b\"@docomo.example", "\"a..b\"@docomo.example"),
            ("\"alice\"@example.com", "alice@example.com"),
            ("\"john doe\"@example.com", "\"john doe\"@example.com"),
            (r#""a\@b"@example.com"#, r#""a@b"@example.com"#),
            (r#""a\"b"@example.com"#, r#""a\"b"@example.com"#),
        ] {
            let parsed = EmailAddress::parse(typed).unwrap();
            assert_eq!(parsed.as_str(), address);
            assert_eq!(EmailAddress::parse(address), Ok(parsed), "{typed}");
        }
    }

    #[test]
    fn refuses_what_is_not_one_address() {
        let long = format!("{}@example.com", "a".repeat(65));
        for (typed, error) in [
            ("", AddressError::Required),
            ("alice", AddressError::NotAnAddress),
            ("alice@", AddressError::NotAnAddress),
            ("@example.com", AddressError::NotAnAddress),
            ("alice@@example.com", AddressError::NotAnAddress),
            ("\"\"@example.com", AddressError::NotAnAddress),
            ("\"a@example.com", AddressError::NotAnAddress),
            ("\"a\"b@example.com", AddressError::NotAnAddress),
            ("\"a\r\nb\"@example.com", AddressError::NotAnAddress),
            ("a\u{202e}b@example.com", AddressError::NotAnAddress),
            ("a\u{a0}b@example.com", AddressError::NotAnAddress),
            ("a<b@example.com", AddressError::NotAnAddress),
            ("alice@exa mple.com", AddressError::NotAnAddress),
            ("alice@10.0.0.1", AddressError::NotAnAddress),
            (
                "alice@example.com\r\nBcc: x@y.z",
                AddressError::SeveralAddresses,
            ),
            (
                "alice@example.com, bob@example.com",
                AddressError::SeveralAddresses,
            ),
            (long.as_str(), AddressError::TooLong),
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(error), "{typed}");
        }
    }

    #[test]
    fn a_list_is_split_at_commas_outside_quotes() {
        for (list, items) in [
            ("a@b.c, d@e.f ,,", &["a@b.c", "d@e.f"][..]),
            ("\"a,b\"@c.d,e@f.g", &["\"a,b\"@c.d", "e@f.g"]),
            (r#""a\",b"@c.d, jörg@e.f"#, &[r#""a\",b"@c.d"#, "jörg@e.f"]),
            (r#""a\,b"@c.d"#, &[r#""a\,b"@c.d"#]),
            (r"a\,b@c.d", &[r"a\", "b@c.d"]),
            ("\"never, closed", &["\"never, closed"]),
            (" ", &[]),
        ] {
            assert_eq!(split_list(list).collect::<Vec<_>>(), items, "{list}");
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
            (
                "Zoë <\"a<b\"@exämple.de>",
                Some("Zoë"),
                "\"a<b\"@xn--exmple-cua.de",
            ),
            (
                "5\" disks <disks@example.com>",
                Some("5\" disks"),
                "disks@example.com",
            ),
        ] {
            let parsed = FromAddress::parse(typed).unwrap();
            assert_eq!(
                (parsed.name.as_deref(), parsed.address.as_str()),
                (name, address)
            );
        }
        assert_eq!(
            FromAddress::parse("A <a@b.c>\nBcc: x@y.z"),
            Err(FromAddressError::ControlCharacter)
        );
        assert_eq!(
            FromAddress::parse("\u{202e}ecilA <a@b.c>"),
            Err(FromAddressError::ControlCharacter)
        );
        assert_eq!(
            FromAddress::parse("A <a@b.c"),
            Err(FromAddressError::NotAnAddress)
        );
    }

    proptest! {
        #[test]
        fn a_written_from_address_reads_back(name in "[a-zA-Zäö\"\\\\<>,@;:' ]{0,40}", local in "[a-z0-9+.äö]{1,20}") {
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
