//! Trace and signature fields, which are kept only if they are well-formed.

use std::collections::HashMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// Returns true if the value of a `Received` field is well-formed (RFC 5322 §3.6.7): tokens, a
/// semicolon, and a date.
pub(super) fn is_received(value: &[u8]) -> bool {
    let Some(text) = printable(value) else {
        return false;
    };
    let Some((tokens, date)) = text.rsplit_once(';') else {
        return false;
    };
    !tokens.trim().is_empty() && is_date(date.trim().as_bytes())
}

/// Returns true for a date that all programs read in the same way.
pub(super) fn is_date(value: &[u8]) -> bool {
    let text = [b"Date: ", value, b"\r\n\r\n"].concat();
    let parsed = mail_parser::MessageParser::default().parse_headers(&text);
    value.is_ascii()
        && parsed.is_some_and(|parsed| parsed.date().is_some_and(mail_parser::DateTime::is_valid))
}

/// Returns true if the value of a `DKIM-Signature` field is well-formed (RFC 6376 §3.5): each tag
/// once, and all that are required.
pub(super) fn is_dkim_signature(value: &[u8]) -> bool {
    let Some(text) = printable(value) else {
        return false;
    };
    let mut tags = HashMap::new();
    let text = text.trim().strip_suffix(';').unwrap_or(text.trim());
    for tag in text.split(';') {
        let Some((name, value)) = tag.split_once('=') else {
            return false;
        };
        let value: String = value.split_ascii_whitespace().collect();
        if tags.insert(name.trim(), value).is_some() {
            return false;
        }
    }
    let tag = |name: &str| tags.get(name).filter(|value| !value.is_empty());
    let is_base64 = |name| tag(name).is_some_and(|value| BASE64_STANDARD.decode(value).is_ok());
    let signs_from = |fields: &String| {
        fields
            .split(':')
            .any(|one| one.eq_ignore_ascii_case("from"))
    };
    tag("v").is_some_and(|version| version == "1")
        && ["a", "d", "s"].iter().all(|name| tag(name).is_some())
        && tag("h").is_some_and(signs_from)
        && is_base64("b")
        && is_base64("bh")
}

/// Returns the value as text if it is printable ASCII.
fn printable(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    let good = |b: u8| (b' '..=b'~').contains(&b) || b == b'\t';
    text.bytes().all(good).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_trace_fields_are_distinguished_from_others() {
        for (value, good) in [
            (
                "from a.example by b.example with ESMTP; Thu, 14 Jan 2027 08:00:00 +0000",
                true,
            ),
            ("from a.example by b.example", false),
            ("by b.example; yesterday", false),
            ("; Thu, 14 Jan 2027 08:00:00 +0000", false),
            (
                "from ä by b.example; Thu, 14 Jan 2027 08:00:00 +0000",
                false,
            ),
        ] {
            assert_eq!(is_received(value.as_bytes()), good, "{value}");
        }
        let signature = "v=1; a=rsa-sha256; d=example.com; s=one; h=From : To; bh=YWJj; b=YW Jj;";
        assert!(is_dkim_signature(signature.as_bytes()));
        for (part, other) in [
            ("v=1; ", ""),
            ("v=1", "v=2"),
            ("From", "Subject"),
            ("bh=YWJj", "bh=!"),
            ("s=one", "d=other"),
            ("s=one", "s"),
            ("b=YW Jj", "b="),
        ] {
            let broken = signature.replacen(part, other, 1);
            assert!(!is_dkim_signature(broken.as_bytes()), "{broken}");
        }
    }
}
