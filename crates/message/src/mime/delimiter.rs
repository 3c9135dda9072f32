//! The lines between the parts of a multipart (RFC 2046 §5.1.1), for reading and submitting.

/// Determines if a line is a delimiter of this boundary, and if it is the last one
/// (`--boundary--`). Only spaces and tabs may follow, because one boundary may be the prefix of
/// another.
pub(crate) fn delimiter(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let is_end = |rest: &[u8]| rest.iter().all(|byte| b" \t\r\n".contains(byte));
    match rest.strip_prefix(b"--") {
        Some(rest) if is_end(rest) => Some(true),
        _ => is_end(rest).then_some(false),
    }
}

/// Removes the line break that belongs to the delimiter after a part.
pub(crate) fn without_line_break(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_line_is_a_delimiter() {
        for (line, found) in [
            (&b"--x\r\n"[..], Some(false)),
            (b"--x \t\n", Some(false)),
            (b"--x--\r\n", Some(true)),
            (b"--x-- ", Some(true)),
            (b"--xy\r\n", None),
            (b"--x -- \r\n", None),
            (b"--x--y\r\n", None),
            (b" --x\r\n", None),
            (b"-x\r\n", None),
        ] {
            assert_eq!(delimiter(line, b"x"), found, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn one_line_break_belongs_to_the_delimiter() {
        for (part, without) in [
            (&b"a\r\n"[..], &b"a"[..]),
            (b"a\n\n", b"a\n"),
            (b"a\r", b"a"),
            (b"", b""),
        ] {
            assert_eq!(without_line_break(part), without);
        }
    }
}
