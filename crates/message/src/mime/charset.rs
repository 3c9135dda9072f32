//! Decodes text in its declared or most likely character set.

use mail_parser::decoders::charsets::map::charset_decoder;

/// Decodes the text of a part in its declared character set. If that is missing or unknown, a byte
/// order mark or valid UTF-8 decides, and all other text is Windows-1252.
pub(super) fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    let declared = declared.map(str::trim).unwrap_or_default();
    let text = match charset_decoder(declared.as_bytes()) {
        // Text is often declared as ASCII by mistake.
        Some(_) if is_ascii(declared) => guessed(bytes),
        Some(decode) => decode(bytes),
        None if is_utf8(declared) => String::from_utf8_lossy(bytes).into_owned(),
        None => guessed(bytes),
    };
    match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    }
}

fn guessed(bytes: &[u8]) -> String {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return by("utf-16", bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => windows_1252(bytes),
    }
}

/// Decodes a header field that is not UTF-8, or switches character sets by escape sequences.
pub(super) fn decode_field(bytes: &[u8], declared: Option<&str>) -> String {
    if has_escapes(bytes) {
        return by("iso-2022-jp", bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let declared = declared.map(str::trim).unwrap_or_default();
    // Names of fields are ASCII, which these do not contain.
    let holds_ascii = !declared.to_ascii_lowercase().starts_with("utf");
    match charset_decoder(declared.as_bytes()) {
        Some(decode) if holds_ascii => decode(bytes),
        _ => windows_1252(bytes),
    }
}

/// Returns true if there is an escape sequence of ISO-2022-JP (RFC 1468).
pub(crate) fn has_escapes(bytes: &[u8]) -> bool {
    bytes
        .windows(2)
        .any(|two| matches!(two, [0x1b, b'$' | b'(']))
}

fn windows_1252(bytes: &[u8]) -> String {
    by("windows-1252", bytes)
}

fn by(charset: &str, bytes: &[u8]) -> String {
    charset_decoder(charset.as_bytes()).map_or_else(
        || String::from_utf8_lossy(bytes).into_owned(),
        |decode| decode(bytes),
    )
}

fn is_ascii(charset: &str) -> bool {
    let charset = charset.to_ascii_lowercase();
    charset.contains("ascii") || charset.starts_with("ansi_x3.4") || charset == "iso646-us"
}

fn is_utf8(charset: &str) -> bool {
    let name = charset.to_ascii_lowercase().replace(['-', '_'], "");
    name.ends_with("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_the_declared_charset_or_the_likeliest_one() {
        for (bytes, declared, text) in [
            (&b"Gr\xf6\xdfe"[..], Some("iso-8859-1"), "Größe"),
            (b"Gr\xf6\xdfe \x80", None, "Größe €"),
            (b"Gr\xc3\xb6\xc3\x9fe", None, "Größe"),
            (b"Gr\xc3\xb6\xc3\x9fe", Some("US-ASCII"), "Größe"),
            (b"Gr\xf6\xdfe", Some("us-ascii"), "Größe"),
            (b"Gr\xf6\xdfe", Some("unknown-8bit"), "Größe"),
            (b"Gr\xc3\xb6\xc3\x9fe\xff", Some("UTF-8"), "Größe\u{fffd}"),
            (b"\xef\xbb\xbfa", Some("utf8"), "a"),
            (b"\xff\xfea\0b\0", None, "ab"),
            (b"\xfe\xff\0a", Some("utf-16"), "a"),
            (b"\xc4\xe3\xba\xc3", Some("gb2312"), "你好"),
            (b"Gr+APwA3w-e", Some("utf-7"), "Grüße"),
            (b"", Some("gb18030"), ""),
        ] {
            assert_eq!(decode(bytes, declared), text, "{declared:?}");
        }
    }

    #[test]
    fn header_fields_are_read_likewise() {
        for (bytes, declared, text) in [
            (&b"Subject: Gr\xf6\xdfe"[..], None, "Subject: Größe"),
            (b"Subject: \xf0\xd2\xc9", Some("koi8-r"), "Subject: При"),
            (b"Subject: \xff", Some("utf-16"), "Subject: ÿ"),
            (b"Subject: \x1b$BF|K\\\x1b(B", None, "Subject: 日本"),
            (
                b"Subject: Gr\xc3\xb6\xc3\x9fe",
                Some("koi8-r"),
                "Subject: Größe",
            ),
        ] {
            assert_eq!(decode_field(bytes, declared), text);
        }
    }
}
