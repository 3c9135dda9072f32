//! The transfer form of a message (RFC 5321 §4.5.2): doubles dots at the start of lines, and
//! ensures that nothing in the content looks like its end.

/// Converts a message to its transfer form, chunk by chunk.
#[derive(Debug)]
pub(crate) struct DotStuffing<'a> {
    rest: &'a [u8],
    line_begins: bool,
    ended: bool,
}

/// The end of a message, at the start of a line.
pub(crate) const END: &[u8] = b".\r\n";

impl<'a> DotStuffing<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self {
            rest: message,
            line_begins: true,
            ended: false,
        }
    }

    /// Appends about `at_least` octets, or the rest. Returns false once the whole message is
    /// written. A bare CR or LF becomes a line end. Otherwise one server could see an end of data
    /// that another one does not (SMTP smuggling).
    pub(crate) fn fill(&mut self, out: &mut Vec<u8>, at_least: usize) -> bool {
        let until = out.len() + at_least;
        while out.len() < until {
            let Some(first) = self.rest.first() else {
                if !self.line_begins {
                    out.extend_from_slice(b"\r\n");
                    self.line_begins = true;
                }
                self.ended = true;
                return false;
            };
            if self.line_begins && *first == b'.' {
                out.push(b'.');
            }
            let end = self
                .rest
                .iter()
                .position(|byte| matches!(byte, b'\r' | b'\n'));
            let Some(end) = end else {
                out.extend_from_slice(self.rest);
                self.rest = &[];
                self.line_begins = false;
                continue;
            };
            let both = self.rest[end..].starts_with(b"\r\n");
            let after = end + if both { 2 } else { 1 };
            if both {
                out.extend_from_slice(&self.rest[..after]);
            } else {
                out.extend_from_slice(&self.rest[..end]);
                out.extend_from_slice(b"\r\n");
            }
            self.rest = &self.rest[after..];
            self.line_begins = true;
        }
        !self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::DotStuffing;

    fn whole(message: &[u8], at_least: usize) -> String {
        let mut out = Vec::new();
        let mut dots = DotStuffing::new(message);
        while dots.fill(&mut out, at_least) {}
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dots_are_doubled_and_line_ends_made_whole() {
        for (message, sent) in [
            ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"),
            (".x", "..x\r\n"),
            ("a\n.\nb", "a\r\n..\r\nb\r\n"),
            ("a\r.\r\rb\n\r\n", "a\r\n..\r\n\r\nb\r\n\r\n"),
            ("", ""),
            ("x\r\n", "x\r\n"),
        ] {
            for at_least in [1, 3, 1_000] {
                assert_eq!(whole(message.as_bytes(), at_least), sent, "{message:?}");
            }
        }
    }
}
