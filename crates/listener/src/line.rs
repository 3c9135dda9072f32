//! Splits what a client sends into lines. Between messages, LF alone ends a line too, because some
//! devices send commands that way.

/// Octets of a command line without its end. The longest line is the response of an AUTH exchange
/// (RFC 4954 §4.5.3.1.3).
pub const MAX_LINE: usize = 12_288;

/// A line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A whole line.
    Whole(Vec<u8>),
    /// A line over [`MAX_LINE`]. Its content is discarded.
    TooLong,
}

/// Input that has not been processed.
#[derive(Debug, Default)]
pub struct Input {
    octets: Vec<u8>,
    /// Octets at the beginning without LF.
    searched: usize,
    /// True after the beginning of a line that is too long.
    is_discarding: bool,
}

impl Input {
    /// Adds octets that the client sent.
    pub fn push(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// Returns true if nothing is left, not even a part of a line.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty() && !self.is_discarding
    }

    /// Removes and returns the next line, or `None` if more octets are needed.
    pub fn line(&mut self) -> Option<Line> {
        let end = self.octets[self.searched..]
            .iter()
            .position(|octet| *octet == b'\n');
        let Some(end) = end else {
            self.searched = self.octets.len();
            // One more for the CR.
            if self.searched > MAX_LINE + 1 {
                self.is_discarding = true;
                self.octets.clear();
                self.searched = 0;
            }
            return None;
        };
        let mut line: Vec<u8> = self.octets.drain(..=self.searched + end).collect();
        self.searched = 0;
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if std::mem::take(&mut self.is_discarding) || line.len() > MAX_LINE {
            return Some(Line::TooLong);
        }
        Some(Line::Whole(line))
    }

    /// Removes and returns so many octets, or `None` if there are fewer.
    pub fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        if self.octets.len() < length {
            return None;
        }
        self.searched = 0;
        Some(self.octets.drain(..length).collect())
    }

    /// Removes and returns everything.
    pub fn take_all(&mut self) -> Vec<u8> {
        self.searched = 0;
        std::mem::take(&mut self.octets)
    }

    /// Passes octets to `take`, which returns how many it has used.
    pub fn feed(&mut self, take: impl FnOnce(&[u8]) -> usize) {
        let used = take(&self.octets);
        self.octets.drain(..used);
        self.searched = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<Line> {
        let mut input = Input::default();
        let mut found = Vec::new();
        for chunk in chunks {
            input.push(chunk);
            while let Some(line) = input.line() {
                found.push(line);
            }
        }
        found
    }

    fn whole(text: &str) -> Line {
        Line::Whole(text.into())
    }

    #[test]
    fn crlf_and_lf_end_a_line_and_cr_does_not() {
        let expected = [whole("EHLO a"), whole("NOOP"), whole("a\rb"), whole("")];
        assert_eq!(lines(&[b"EHLO a\r\nNOOP\na\rb\r\n\r\n"]), expected);
        assert_eq!(lines(&[b"EH", b"LO a\r", b"\nNOOP\na\rb\n\n"]), expected);
    }

    #[test]
    fn a_line_of_the_maximum_length_is_whole_and_a_longer_one_is_discarded() {
        let fits = "x".repeat(MAX_LINE);
        let long = "x".repeat(MAX_LINE + 1);
        let text = format!("{fits}\r\n{long}\r\nNOOP\r\n");
        let expected = [whole(&fits), Line::TooLong, whole("NOOP")];
        assert_eq!(lines(&[text.as_bytes()]), expected);
        let octets: Vec<_> = text.as_bytes().chunks(1_000).collect();
        assert_eq!(lines(&octets), expected);
    }

    #[test]
    fn an_endless_line_takes_no_memory() {
        let mut input = Input::default();
        for _ in 0..1_000 {
            input.push(&[b'x'; 4_096]);
            assert_eq!(input.line(), None);
            assert!(input.octets.len() <= MAX_LINE + 1 + 4_096);
        }
        assert!(!input.is_empty());
        input.push(b"\n");
        assert_eq!(input.line(), Some(Line::TooLong));
        assert!(input.is_empty());
    }
}
