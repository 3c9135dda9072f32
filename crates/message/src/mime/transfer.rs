//! Content-Transfer-Encoding (RFC 2045 §6), decoded from the bytes of a part. Content that breaks
//! the rules is read as far as it has a meaning; nothing is ever converted between character sets.

use std::borrow::Cow;

/// The encoding of a part's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TransferEncoding {
    /// `7bit`, `8bit`, `binary`, and everything unknown: the bytes as they are.
    #[default]
    Identity,
    Base64,
    QuotedPrintable,
    /// `x-uuencode`, which was never standardized and is still found in old mail.
    Uuencode,
}

impl TransferEncoding {
    /// Reads the value of the header field. Comments and quotation marks around the name are
    /// ignored.
    pub(super) fn parse(value: &str) -> Self {
        let value = value.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
        let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let name = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "base64" => Self::Base64,
            "quoted-printable" => Self::QuotedPrintable,
            "x-uuencode" | "uuencode" | "x-uue" | "uue" => Self::Uuencode,
            _ => Self::Identity,
        }
    }

    /// Decodes a body. A body that is not in the declared encoding is returned unchanged.
    pub(crate) fn decode(self, body: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Base64 if looks_like_base64(body) => Cow::Owned(base64(body)),
            Self::QuotedPrintable => Cow::Owned(quoted_printable(body)),
            Self::Uuencode => uuencode(body).map_or(Cow::Borrowed(body), Cow::Owned),
            Self::Identity | Self::Base64 => Cow::Borrowed(body),
        }
    }
}

/// Returns the value of a character of the base64 alphabet.
fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// Returns true if a line contains only base64 characters and optional padding.
fn is_base64_line(line: &[u8]) -> bool {
    let is_base64 = |byte: &u8| sextet(*byte).is_some() || *byte == b'=';
    line.trim_ascii().iter().all(is_base64)
}

/// Returns false for text that was declared as base64 by mistake: its first line has other
/// characters.
fn looks_like_base64(body: &[u8]) -> bool {
    let mut lines = body.split(|byte| *byte == b'\n');
    let first = lines.find(|line| !line.trim_ascii().is_empty());
    let without_spaces = |line: &[u8]| -> Vec<u8> {
        let kept = line.iter().filter(|byte| !byte.is_ascii_whitespace());
        kept.copied().collect()
    };
    first.is_none_or(|line| is_base64_line(&without_spaces(line)))
}

/// Decodes base64. Characters outside the alphabet are ignored (RFC 2045 §6.8). Padding ends a
/// group. Some programs encode a file in pieces with padding each, so decoding continues after it
/// unless the rest is other text, such as the footer of a mailing list.
fn base64(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u8);
    let mut padded = false;
    for line in body.split(|byte| *byte == b'\n') {
        if padded && !is_base64_line(line) {
            break;
        }
        for byte in line {
            if let Some(value) = sextet(*byte) {
                bits = bits << 6 | u32::from(value);
                count += 1;
                if count == 4 {
                    decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
                    (bits, count) = (0, 0);
                }
            } else if *byte == b'=' {
                flush(&mut decoded, bits, count);
                (bits, count) = (0, 0);
                padded = true;
            }
        }
    }
    flush(&mut decoded, bits, count);
    decoded
}

/// Writes the bytes of a group of two or three characters. A single one holds no whole byte.
fn flush(decoded: &mut Vec<u8>, bits: u32, count: u8) {
    let [_, first, second, _] = (bits << (6 * (4 - u32::from(count.min(4))))).to_be_bytes();
    match count {
        2 => decoded.push(first),
        3 => decoded.extend_from_slice(&[first, second]),
        _ => {}
    }
}

fn hex(byte: Option<&u8>) -> Option<u8> {
    let digit = char::from(*byte?).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// Decodes quoted-printable. White space at the end of a line is removed, as is a line break after
/// `=` (RFC 2045 §6.7, rules 3 and 5). A `=` that encodes nothing stays.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let ending = line.get(text.len()..).unwrap_or_default();
        let end = text.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'));
        let text = text.get(..end.map_or(0, |end| end + 1)).unwrap_or_default();
        let (text, ending) = match text.strip_suffix(b"=") {
            Some(text) => (text, &[][..]),
            None => (text, ending),
        };
        let mut rest = text.iter();
        while let Some(byte) = rest.next() {
            let digits = rest.as_slice();
            match (*byte, hex(digits.first()), hex(digits.get(1))) {
                (b'=', Some(high), Some(low)) => {
                    decoded.push(high << 4 | low);
                    rest = digits.get(2..).unwrap_or_default().iter();
                }
                _ => decoded.push(*byte),
            }
        }
        decoded.extend_from_slice(ending);
    }
    decoded
}

/// Returns the content between `begin` and `end` (IEEE Std 1003.1, `uuencode`), or `None` if there
/// is no `begin`.
fn uuencode(body: &[u8]) -> Option<Vec<u8>> {
    let mut lines = body.split(|byte| *byte == b'\n');
    lines.find(|line| line.starts_with(b"begin "))?;
    let mut decoded = Vec::new();
    for line in lines {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let value = |byte: Option<&u8>| byte.map_or(0, |byte| byte.wrapping_sub(b' ') & 63);
        let length = usize::from(value(line.first()));
        if length == 0 || line == b"end" {
            break;
        }
        let mut of_line = Vec::with_capacity(length + 3);
        for group in line.get(1..).unwrap_or_default().chunks(4) {
            let bits = (0..4).fold(0_u32, |bits, at| {
                bits << 6 | u32::from(value(group.get(at)))
            });
            of_line.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
        of_line.truncate(length);
        decoded.extend_from_slice(&of_line);
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use ::base64::{Engine as _, prelude::BASE64_STANDARD};
    use proptest::prelude::*;

    use super::*;

    fn decoded(encoding: &str, body: &[u8]) -> Vec<u8> {
        TransferEncoding::parse(encoding).decode(body).into_owned()
    }

    #[test]
    fn base64_is_read_as_it_is_found_in_mail() {
        for (body, expected) in [
            (&b""[..], &b""[..]),
            (b"\r\n \r\n", b""),
            (b"QUJD", b"ABC"),
            (b"QUJDRA==", b"ABCD"),
            (b"QUJDRA", b"ABCD"),
            (b"QU JD\r\nR\tA==\r\n", b"ABCD"),
            (b"QUJD\r\n!RA==", b"ABCD"),
            // Pieces, each padded.
            (b"QQ==\r\nQkM=\r\nREVG\r\n", b"ABCDEF"),
            // A footer after the content.
            (b"QQ==\r\n-- \r\nmailing list\r\n", b"A"),
            // A character too many holds no byte.
            (b"QUJDR", b"ABC"),
            // Not base64 at all.
            (b"Hello, world\r\n", b"Hello, world\r\n"),
        ] {
            let body_text = String::from_utf8_lossy(body);
            assert_eq!(decoded("BASE64", body), expected, "{body_text:?}");
        }
    }

    #[test]
    fn quoted_printable_keeps_what_it_does_not_understand() {
        for (body, expected) in [
            (&b"a=3Db=e4=\r\nc"[..], &b"a=b\xe4c"[..]),
            (b"a= \t\r\nb", b"ab"),
            (b"a \t\r\nb  \nc", b"a\r\nb\nc"),
            (b"a=20\r\n", b"a \r\n"),
            (b"1 = 2 =ZZ =4", b"1 = 2 =ZZ =4"),
            (b"end=", b"end"),
            (b"=0D=0A=00=FF", b"\r\n\0\xff"),
        ] {
            let body_text = String::from_utf8_lossy(body);
            assert_eq!(decoded("quoted-printable", body), expected, "{body_text:?}");
        }
    }

    #[test]
    fn uuencoded_content_is_decoded_and_other_content_kept() {
        let body = b"begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n";
        assert_eq!(decoded("x-uuencode", body), b"Cat");
        assert_eq!(decoded("x-uuencode", b"plain"), b"plain");
    }

    #[test]
    fn unknown_encodings_change_nothing() {
        for name in ["7bit", "8 bit", "binary", "", "=?", "base65"] {
            assert_eq!(decoded(name, b"QQ=="), b"QQ==", "{name}");
        }
        for name in ["base64 ", "\"base64\"", "Base64;", "base64 (encoded)"] {
            assert_eq!(decoded(name, b"QQ=="), b"A", "{name}");
        }
    }

    proptest! {
        #[test]
        fn base64_of_any_bytes_is_read_back(bytes in prop::collection::vec(any::<u8>(), 0..300), width in 1_usize..80) {
            let text = BASE64_STANDARD.encode(&bytes);
            let lines: Vec<_> = text.as_bytes().chunks(width).collect();
            prop_assert_eq!(base64(&lines.join(&b"\r\n"[..])), bytes);
        }

        #[test]
        fn quoted_printable_of_any_bytes_is_read_back(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let text: Vec<u8> = bytes.iter().flat_map(|byte| format!("={byte:02X}").into_bytes()).collect();
            let lines: Vec<_> = text.chunks(75).collect();
            prop_assert_eq!(quoted_printable(&lines.join(&b"=\r\n"[..])), bytes);
        }

        #[test]
        fn any_body_is_decoded(body in prop::collection::vec(any::<u8>(), 0..300)) {
            for name in ["base64", "quoted-printable", "x-uuencode", "7bit"] {
                let decoded = decoded(name, &body);
                prop_assert!(decoded.len() <= body.len() * 64);
            }
        }
    }
}
