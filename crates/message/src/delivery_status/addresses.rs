//! Addresses of recipients as reports write them.

use domain::EmailAddress;

use super::fields::untyped;

/// Reads an address with or without its type, angle brackets, quotes, and comment, also in the
/// encodings of RFC 6533 §3.
pub(super) fn parse(value: &str) -> Option<EmailAddress> {
    let is_unicode = value.trim_start().to_ascii_lowercase().starts_with("utf-8");
    let value = untyped(value);
    let inside = value
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    let value = match inside {
        Some((address, _)) => address,
        None => value.split(" (").next().unwrap_or(value),
    };
    let value = value
        .trim()
        .trim_matches(['"', '\'', ';', ',', '<', '>'])
        .trim();
    let value = value.strip_prefix("mailto:").unwrap_or(value);
    if is_unicode {
        return EmailAddress::parse(&unescaped(value)).ok();
    }
    EmailAddress::parse(value).ok()
}

/// Replaces `\x{E4}` by its character.
fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("\\x{") {
        text.push_str(before);
        let (hex, after) = after.split_once('}').unwrap_or((after, ""));
        let character = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
        text.extend(character);
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_addresses_in_the_forms_in_use() {
        for value in [
            "rfc822; bob@example.com",
            "RFC822;bob@example.com",
            "bob@example.com",
            "rfc822; <bob@example.com>",
            "rfc822; bob@example.com (Bob)",
            "rfc822; Bob <bob@example.com>",
            "rfc822;\"bob@example.com\"",
            "rfc822; bob@example.com;",
            "utf-8; bob@example.com",
            "utf-8; bo\\x{62}@example.com",
        ] {
            let address = parse(value).map(|address| address.to_string());
            assert_eq!(address.as_deref(), Some("bob@example.com"), "{value}");
        }
        let unicode = parse("utf-8; j\\x{F6}rg@example.com").unwrap();
        assert_eq!(unicode.as_str(), "j\u{f6}rg@example.com");
        for value in ["", "rfc822;", "x400; /C=DE/", "rfc822; bob"] {
            assert!(parse(value).is_none(), "{value}");
        }
    }
}
