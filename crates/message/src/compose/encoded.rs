//! Conversion of encoded content, and of text that must not be encoded, to ASCII in short lines.

use std::fmt::Write as _;

/// Length of encoded lines in octets (RFC 2045 §6.7, §6.8).
const LINE: usize = 76;
/// Characters after which a line of plain text is split.
const LONG: usize = 900;

/// Returns true if a body contains only base64 characters and white space.
pub(super) fn is_base64(body: &[u8]) -> bool {
    let good = |b: &u8| b.is_ascii_alphanumeric() || b"+/=".contains(b) || b.is_ascii_whitespace();
    body.iter().all(good)
}

/// Wraps base64 into short lines.
pub(super) fn wrapped_base64(body: &[u8]) -> Vec<u8> {
    let octets: Vec<u8> = body
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let lines = octets.chunks(LINE).flat_map(|line| [line, b"\r\n"]);
    let mut wrapped = lines.collect::<Vec<_>>().concat();
    if !body.ends_with(b"\n") {
        wrapped.truncate(wrapped.len().saturating_sub(2));
    }
    wrapped
}

/// Wraps quoted-printable into short lines, which end with CRLF, and encodes octets that are not
/// ASCII.
pub(super) fn wrapped_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut wrapped = String::new();
    for line in body.split_inclusive(|b| *b == b'\n') {
        let (text, end) = match line.strip_suffix(b"\r\n") {
            Some(text) => (text, "\r\n"),
            None => (line, ""),
        };
        let mut column = 0;
        let mut rest = text;
        while let Some((first, after)) = rest.split_first() {
            let is_escape =
                *first == b'=' && after.len() >= 2 && after[..2].iter().all(u8::is_ascii_hexdigit);
            let length = if is_escape { 3 } else { 1 };
            let mut token = String::new();
            if first.is_ascii_graphic() || matches!(first, b' ' | b'\t') {
                token.extend(rest[..length].iter().map(|b| char::from(*b)));
            } else {
                let _ = write!(token, "={first:02X}");
            }
            rest = &rest[length..];
            if column + token.len() >= LINE {
                wrapped.push_str("=\r\n");
                column = 0;
            }
            column += token.len();
            wrapped.push_str(&token);
        }
        wrapped.push_str(end);
    }
    wrapped.into_bytes()
}

/// Writes the text around the parts of a message, which readers do not display and which cannot be
/// encoded. Replaces characters outside ASCII with `?`.
pub(super) fn plain(text: &str) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut column = 0;
    for character in text.chars() {
        match character {
            '\r' | '\n' => column = 0,
            _ if column >= LONG => {
                plain.extend_from_slice(b"\r\n");
                column = 1;
            }
            _ => column += 1,
        }
        let is_plain = matches!(character, ' '..='~' | '\t' | '\r' | '\n');
        let octet = u8::try_from(u32::from(character)).ok().filter(|_| is_plain);
        plain.push(octet.unwrap_or(b'?'));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_contents_say_the_same_in_shorter_lines() {
        let body = format!("{}==\r\n", "YWJj".repeat(1_000));
        let wrapped = wrapped_base64(body.as_bytes());
        assert!(wrapped.split(|b| *b == b'\n').all(|line| line.len() <= 77));
        let octets: Vec<u8> = wrapped.into_iter().filter(u8::is_ascii_graphic).collect();
        assert_eq!(octets, body.trim_end().as_bytes());

        let body = format!("{}=C3=BC\u{fc}=\r\nx=3D\r\n", "a".repeat(74));
        let wrapped = wrapped_quoted_printable(body.as_bytes());
        let expected = format!("{}=\r\n=C3=BC=C3=BC=\r\nx=3D\r\n", "a".repeat(74));
        assert_eq!(String::from_utf8(wrapped).unwrap(), expected);
    }

    #[test]
    fn text_beside_parts_is_ascii_in_short_lines() {
        assert_eq!(plain("Größe\0\r\nx"), b"Gr??e?\r\nx");
        let long = plain(&"a".repeat(2_000));
        assert!(long.split(|b| *b == b'\n').all(|line| line.len() <= 902));
    }
}
