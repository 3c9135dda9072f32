//! The parser of SPF records (RFC 7208 §4.6).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// The result of a match (RFC 7208 §4.6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

/// A mechanism: the senders that a term matches (RFC 7208 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    All,
    Include(Target),
    /// The addresses of a name, each as a network.
    A(Target, Prefixes),
    /// The addresses of the mail servers of a name.
    Mx(Target, Prefixes),
    Ip(IpNet),
    /// `exists` and `ptr`, which depend on the connection.
    Other,
}

/// A name in a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// The domain of the record itself.
    Itself,
    Name(String),
    /// A name made from the connection by macros (RFC 7208 §7).
    Macro,
}

/// The number of bits of an address that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefixes {
    four: u8,
    six: u8,
}

impl Prefixes {
    /// Returns the network around an address.
    pub(super) fn around(self, address: IpAddr) -> Option<IpNet> {
        let prefix = match address {
            IpAddr::V4(_) => self.four,
            IpAddr::V6(_) => self.six,
        };
        IpNet::new(address, prefix).ok()
    }
}

/// A record.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) terms: Vec<(Qualifier, Mechanism)>,
    pub(super) redirect: Option<Target>,
}

/// Returns true if a text is an SPF record (RFC 7208 §4.5).
pub(super) fn is_spf(text: &str) -> bool {
    let version = text.split(' ').next().unwrap_or_default();
    version.eq_ignore_ascii_case("v=spf1")
}

impl Record {
    /// Parses a record.
    ///
    /// # Errors
    /// The part that cannot be parsed.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut record = Self {
            terms: Vec::new(),
            redirect: None,
        };
        for term in text.split(' ').skip(1).filter(|term| !term.is_empty()) {
            let wrong = || term.to_owned();
            match modifier(term) {
                Some(("redirect", _)) if record.redirect.is_some() => return Err(wrong()),
                Some(("redirect", name)) => record.redirect = Some(target(name).ok_or_else(wrong)?),
                // RFC 7208 §6: unknown modifiers are ignored.
                Some(_) => {}
                None => record.terms.push(directive(term).ok_or_else(wrong)?),
            }
        }
        Ok(record)
    }
}

/// Splits `name=value`, where the name has neither `:` nor `/` before the `=`.
fn modifier(term: &str) -> Option<(&'static str, &str)> {
    let (name, value) = term.split_once('=')?;
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || name.contains([':', '/']) {
        return None;
    }
    let name = if name.eq_ignore_ascii_case("redirect") {
        "redirect"
    } else {
        "other"
    };
    Some((name, value))
}

fn directive(term: &str) -> Option<(Qualifier, Mechanism)> {
    let (qualifier, rest) = match term.as_bytes().first()? {
        b'+' => (Qualifier::Pass, &term[1..]),
        b'-' => (Qualifier::Fail, &term[1..]),
        b'~' => (Qualifier::SoftFail, &term[1..]),
        b'?' => (Qualifier::Neutral, &term[1..]),
        _ => (Qualifier::Pass, term),
    };
    let (name, value) = match rest.find([':', '/']) {
        // The slash is part of the prefix; the colon is only a separator.
        Some(at) if rest[at..].starts_with(':') => (&rest[..at], Some(&rest[at + 1..])),
        Some(at) => (&rest[..at], Some(&rest[at..])),
        None => (rest, None),
    };
    let mechanism = match (name.to_ascii_lowercase().as_str(), value) {
        ("all", None) => Mechanism::All,
        ("include", Some(name)) => Mechanism::Include(target(name)?),
        ("a", value) => {
            let (target, prefixes) = with_prefixes(value)?;
            Mechanism::A(target, prefixes)
        }
        ("mx", value) => {
            let (target, prefixes) = with_prefixes(value)?;
            Mechanism::Mx(target, prefixes)
        }
        ("ip4", Some(value)) => Mechanism::Ip(network(value, |ip| ip.parse::<Ipv4Addr>().is_ok())?),
        ("ip6", Some(value)) => Mechanism::Ip(network(value, |ip| ip.parse::<Ipv6Addr>().is_ok())?),
        ("exists", Some(_)) | ("ptr", _) => Mechanism::Other,
        _ => return None,
    };
    Some((qualifier, mechanism))
}

fn target(name: &str) -> Option<Target> {
    if name.contains('%') {
        return Some(Target::Macro);
    }
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let good = !name.is_empty() && name.len() <= 253 && name.bytes().all(|b| b.is_ascii_graphic());
    good.then_some(Target::Name(name))
}

/// Parses an optional name with optional prefixes: `example.com/24//64`.
fn with_prefixes(value: Option<&str>) -> Option<(Target, Prefixes)> {
    let value = value.unwrap_or_default();
    let (name, lengths) = value.split_at(value.find('/').unwrap_or(value.len()));
    let (four, six) = match lengths.split_once("//") {
        Some((four, six)) => (four, Some(six)),
        None => (lengths, None),
    };
    let four = match four.strip_prefix('/') {
        Some(length) => length.parse().ok().filter(|length| *length <= 32)?,
        None if four.is_empty() => 32,
        None => return None,
    };
    let six = match six {
        Some(length) => length.parse().ok().filter(|length| *length <= 128)?,
        None => 128,
    };
    let target = if name.is_empty() {
        Target::Itself
    } else {
        target(name)?
    };
    Some((target, Prefixes { four, six }))
}

fn network(value: &str, is_of_family: impl Fn(&str) -> bool) -> Option<IpNet> {
    let address = value.split('/').next().filter(|ip| is_of_family(ip))?;
    if value == address {
        return address.parse::<IpAddr>().ok().map(IpNet::from);
    }
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use fuzz::cases;

    #[test]
    fn reads_a_record_with_everything() {
        let record = Record::parse(
            "v=spf1 +a mx:Example.com/24//64 ip4:192.0.2.0/24 ip6:2001:db8::1 ?include:_spf.google.com  exists:%{i}.x \
             -ptr a/20 redirect=%{d}.x exp=why.example.com ~ALL",
        )
        .unwrap();
        let whole = Prefixes { four: 32, six: 128 };
        let name = |name: &str| Target::Name(name.into());
        assert_eq!(
            record.terms,
            [
                (Qualifier::Pass, Mechanism::A(Target::Itself, whole)),
                (
                    Qualifier::Pass,
                    Mechanism::Mx(name("example.com"), Prefixes { four: 24, six: 64 })
                ),
                (
                    Qualifier::Pass,
                    Mechanism::Ip("192.0.2.0/24".parse().unwrap())
                ),
                (
                    Qualifier::Pass,
                    Mechanism::Ip("2001:db8::1/128".parse().unwrap())
                ),
                (
                    Qualifier::Neutral,
                    Mechanism::Include(name("_spf.google.com"))
                ),
                (Qualifier::Pass, Mechanism::Other),
                (Qualifier::Fail, Mechanism::Other),
                (
                    Qualifier::Pass,
                    Mechanism::A(Target::Itself, Prefixes { four: 20, six: 128 })
                ),
                (Qualifier::SoftFail, Mechanism::All),
            ]
        );
        assert_eq!(record.redirect, Some(Target::Macro));
    }

    #[test]
    fn names_the_part_that_cannot_be_read() {
        for (record, wrong) in [
            ("v=spf1 include: -all", "include:"),
            ("v=spf1 includes:example.com", "includes:example.com"),
            ("v=spf1 ip4:256.0.0.1", "ip4:256.0.0.1"),
            ("v=spf1 ip4:::1", "ip4:::1"),
            ("v=spf1 ip6:192.0.2.1", "ip6:192.0.2.1"),
            ("v=spf1 a/33", "a/33"),
            ("v=spf1 mx//129", "mx//129"),
            ("v=spf1 all:x", "all:x"),
            ("v=spf1 -", "-"),
            ("v=spf1 redirect=a.b redirect=c.d", "redirect=c.d"),
            ("v=spf1 mailto:x@example.com", "mailto:x@example.com"),
        ] {
            assert_eq!(Record::parse(record), Err(wrong.to_owned()), "{record}");
        }
    }

    #[test]
    fn knows_a_record_by_its_version() {
        assert!(is_spf("v=spf1") && is_spf("V=SPF1 -all"));
        assert!(!is_spf("v=spf10 -all") && !is_spf("spf2.0/pra -all") && !is_spf(""));
    }

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn no_text_makes_it_panic(text in "v=spf1 \\PC{0,80}|v=spf1( [-+~?]?(a|mx|ip4|ip6|include|all|ptr|redirect=)[:/]{0,2}\\PC{0,9}){0,5}") {
            let _ = Record::parse(&text);
        }
    }
}
