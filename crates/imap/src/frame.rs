//! The framing of responses: lines and the literals in them (RFC 9051 §4.3, §2.2.2). They are read
//! once and with limits before they are parsed.

use std::ops::Range;

/// Longest line, in bytes. SEARCH returns one line with up to about ten thousand UIDs.
const MAX_LINE: usize = 256 * 1024;
/// Longest literal, in bytes. Messages are fetched in smaller pieces.
const MAX_LITERAL: usize = 1024 * 1024;
/// Maximum number of literals in one response. A message in a list has three.
const MAX_LITERALS: usize = 64;
/// The starts of responses whose text extends to the end of the line.
const STATES: [&[u8]; 5] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];

/// A response above a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// The bytes of one response, with its line end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub bytes: Vec<u8>,
    /// The places of the literals, in order.
    pub literals: Vec<Range<usize>>,
}

/// The bytes received that are not a complete response yet.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    /// The beginning of the current line.
    line: usize,
    /// Number of bytes already examined.
    seen: usize,
    literals: Vec<Range<usize>>,
}

impl Frames {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Returns the next response, or `None` if it is not complete.
    pub fn next(&mut self) -> Result<Option<Frame>, TooLong> {
        loop {
            let unseen = self.buffer.get(self.seen..).unwrap_or_default();
            let Some(at) = unseen.iter().position(|byte| *byte == b'\n') else {
                // Within a literal, `seen` is at its end.
                self.seen = self.seen.max(self.buffer.len());
                let length = self.buffer.len().saturating_sub(self.line);
                return if length > MAX_LINE {
                    Err(TooLong)
                } else {
                    Ok(None)
                };
            };
            let end = self.seen + at + 1;
            let line = self.buffer.get(self.line..end).unwrap_or_default();
            if line.len() > MAX_LINE {
                return Err(TooLong);
            }
            match announced(line).filter(|_| holds_literals(&self.buffer)) {
                None => return Ok(Some(self.take(end))),
                Some(length) if length > MAX_LITERAL => return Err(TooLong),
                Some(_) if self.literals.len() == MAX_LITERALS => return Err(TooLong),
                Some(length) => {
                    self.literals.push(end..end + length);
                    self.line = end + length;
                    self.seen = self.line;
                }
            }
        }
    }

    /// Returns the bytes of an incomplete response.
    pub fn into_rest(self) -> Vec<u8> {
        self.buffer
    }

    fn take(&mut self, end: usize) -> Frame {
        self.line = 0;
        self.seen = 0;
        Frame {
            bytes: self.buffer.drain(..end).collect(),
            literals: std::mem::take(&mut self.literals),
        }
    }
}

/// Returns the length of the literal that a line ends with: `{12}` or `{12+}`.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_suffix(b"}")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let at = line.iter().rposition(|byte| *byte == b'{')?;
    let digits = line.get(at + 1..)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // A number that overflows is too long in any case.
    let digits = std::str::from_utf8(digits).ok()?;
    Some(digits.parse().unwrap_or(usize::MAX))
}

/// Returns true if a response is untagged data and not a status.
fn holds_literals(answer: &[u8]) -> bool {
    let Some(rest) = answer.trim_ascii_start().strip_prefix(b"*") else {
        return false;
    };
    let word = rest
        .trim_ascii_start()
        .split(|byte| byte.is_ascii_whitespace() || *byte == b'[')
        .next()
        .unwrap_or_default();
    !STATES.iter().any(|state| word.eq_ignore_ascii_case(state))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], piece: usize) -> Result<Vec<Vec<u8>>, TooLong> {
        let mut frames = Frames::default();
        let mut found = Vec::new();
        for bytes in bytes.chunks(piece) {
            frames.push(bytes);
            while let Some(answer) = frames.next()? {
                found.push(answer.bytes);
            }
        }
        Ok(found)
    }

    #[test]
    fn ends_answers_after_their_literals_however_they_come() {
        let answers: [&[u8]; 6] = [
            b"* OK text that ends in {5}\r\n",
            b"* 1 FETCH (BODY[] {7}\r\na\r\n{3}\r UID 1)\r\n",
            b"* LIST () \"/\" {3+}\r\na\nb\r\n",
            b"* 2 FETCH (A {0}\r\n B {1}\r\n\n)\r\n",
            b"+ {9}\r\n",
            b"a1 OK {1}\r\n",
        ];
        for piece in [1, 2, 3, 7, 1_000] {
            assert_eq!(all(&answers.concat(), piece).unwrap(), answers, "{piece}");
        }
    }

    #[test]
    fn rejects_oversized_responses_without_reading_them() {
        let literal = format!("* 1 FETCH (BODY[] {{{}}}\r\n", MAX_LITERAL + 1);
        assert_eq!(all(literal.as_bytes(), 100), Err(TooLong));
        let number = b"* 1 FETCH (BODY[] {99999999999999999999999999}\r\n";
        assert_eq!(all(number, 100), Err(TooLong));
        assert_eq!(all(&vec![b'('; MAX_LINE + 1], 8_192), Err(TooLong));
        let many = [b"* 1 FETCH (".to_vec(), b"{0}\r\n".repeat(65)].concat();
        assert_eq!(all(&many, 100), Err(TooLong));
    }

    #[test]
    fn literals_are_found_and_no_byte_is_changed() {
        let mut frames = Frames::default();
        frames.push(b"* 1 FETCH (BODY[] {2}\r\n\0\xff A {1}\r\nb)\r\n* NO Gr\xfc\r\n");
        let frame = frames.next().unwrap().unwrap();
        assert_eq!(frame.literals, [23..25, 33..34]);
        assert_eq!(&frame.bytes[23..25], b"\0\xff");
        let frame = frames.next().unwrap().unwrap();
        assert_eq!(
            (&frame.bytes[..], frame.literals.len()),
            (&b"* NO Gr\xfc\r\n"[..], 0)
        );
    }

    use proptest::{prelude::*, sample::select};

    use fuzz::cases;

    const PARTS: &[&str] = &[
        "* ",
        "a1 ",
        "+ ",
        "OK",
        "NO ",
        "BYE",
        "1 FETCH (",
        "LIST ",
        ")",
        "{0}",
        "{3}",
        "{3+}",
        "{12}",
        "{",
        "}",
        "\r\n",
        "\n",
        "\"",
        "abc",
        "\0",
        "ü",
        " ",
    ];

    proptest! {
        #![proptest_config(cases(10_000))]

        #[test]
        fn answers_are_the_same_in_whatever_pieces_they_come(
            parts in prop::collection::vec(select(PARTS), 0..40),
            piece in 1_usize..20,
        ) {
            let bytes = parts.concat().into_bytes();
            let whole = all(&bytes, bytes.len().max(1)).unwrap();
            prop_assert_eq!(all(&bytes, piece).unwrap(), whole.clone());
            // Nothing is invented, and only an incomplete response is missing.
            let length: usize = whole.iter().map(Vec::len).sum();
            prop_assert!(length <= bytes.len());
            prop_assert!(whole.iter().all(|answer| answer.ends_with(b"\n")));
        }
    }
}
