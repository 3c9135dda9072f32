//! Finds the end of a message and removes the dots that were added for transparency (RFC 5321
//! §4.5.2).
//!
//! Only CRLF, a dot, and CRLF end a message. Servers that accept other line ends there can be made
//! to read one message as two (CVE-2023-51764 and related).

/// A line end other than CRLF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BareLineEnd {
    /// LF without CR.
    Lf,
    /// CR without LF.
    Cr,
}

/// The result of reading a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The message, with CRLF as its only line end.
    Whole(Vec<u8>),
    /// The message is larger than allowed.
    TooLarge,
    /// The message has another line end.
    Bare(BareLineEnd),
    /// There was not enough memory to keep the message.
    NoMemory,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// After CRLF, or before the first octet.
    LineStart,
    /// After another line end that became CRLF.
    BareLineStart,
    /// After a dot there, which has not been stored yet.
    BareDot,
    Text,
    /// After a CR that has not been stored yet.
    Cr,
    /// After a dot at the start of a line, which is not part of the message.
    Dot,
    /// After that dot and a CR, which has not been stored yet.
    DotCr,
    End,
}

/// Reads one message.
#[derive(Debug)]
pub struct DataReader {
    state: State,
    content: Vec<u8>,
    limit: usize,
    bare: Option<BareLineEnd>,
    normalizes: bool,
    is_too_large: bool,
    has_no_memory: bool,
}

impl DataReader {
    /// Returns a reader that keeps at most `limit` octets.
    pub fn new(limit: usize) -> Self {
        Self {
            state: State::LineStart,
            content: Vec::new(),
            limit,
            bare: None,
            normalizes: false,
            is_too_large: false,
            has_no_memory: false,
        }
    }

    /// Returns a reader that makes other line ends in the message CRLF, instead of reporting them.
    /// Only CRLF, a dot, and CRLF end the message nevertheless. As in Postfix
    /// (`smtpd_forbid_bare_newline = normalize`), a dot that was added after such a line end is
    /// removed as well.
    #[must_use]
    pub fn normalizing(mut self, normalizes: bool) -> Self {
        self.normalizes = normalizes;
        self
    }

    /// Reads octets up to the end of the message. Returns the number of octets that belong to it.
    pub fn read(&mut self, input: &[u8]) -> usize {
        let mut at = 0;
        while at < input.len() && self.state != State::End {
            if self.state == State::Text {
                let rest = &input[at..];
                let text = rest.iter().position(|octet| matches!(octet, b'\r' | b'\n'));
                let text = text.unwrap_or(rest.len());
                self.store(&rest[..text]);
                at += text;
                if at == input.len() {
                    break;
                }
            }
            self.step(input[at]);
            at += 1;
        }
        at
    }

    fn step(&mut self, octet: u8) {
        self.state = match (self.state, octet) {
            (State::LineStart, b'.') => State::Dot,
            (State::BareLineStart, b'.') => State::BareDot,
            (State::Dot, b'\r') => State::DotCr,
            (State::BareDot, b'\r' | b'\n') => {
                // A line with only a dot, which no program adds.
                self.store(b".");
                self.state = State::Text;
                return self.step(octet);
            }
            (State::LineStart | State::BareLineStart | State::Text, b'\r') => State::Cr,
            (State::DotCr, b'\n') | (State::End, _) => State::End,
            (State::Cr, b'\n') => {
                self.store(b"\r\n");
                State::LineStart
            }
            (State::Cr | State::DotCr, _) => {
                self.bare_line_end(BareLineEnd::Cr);
                return self.step(octet);
            }
            (_, b'\n') => {
                self.bare_line_end(BareLineEnd::Lf);
                self.state
            }
            _ => {
                self.store(&[octet]);
                State::Text
            }
        };
    }

    /// Stores a line end other than CRLF.
    fn bare_line_end(&mut self, bare: BareLineEnd) {
        self.bare.get_or_insert(bare);
        if self.normalizes {
            self.store(b"\r\n");
            self.state = State::BareLineStart;
        } else {
            self.store(match bare {
                BareLineEnd::Lf => b"\n",
                BareLineEnd::Cr => b"\r",
            });
            self.state = State::Text;
        }
    }

    fn store(&mut self, octets: &[u8]) {
        if self.content.len() + octets.len() > self.limit {
            self.is_too_large = true;
            self.content = Vec::new();
        }
        if !self.is_discarding() {
            self.content.extend_from_slice(octets);
        }
    }

    fn is_discarding(&self) -> bool {
        self.is_too_large || self.has_no_memory
    }

    /// Returns true if the end of the message was read.
    pub fn is_at_end(&self) -> bool {
        self.state == State::End
    }

    /// Returns the octets in memory.
    pub fn octets(&self) -> usize {
        self.content.len()
    }

    /// Discards the message. The client only reads the reply after its end.
    pub fn discard(&mut self) {
        self.has_no_memory = true;
        self.content = Vec::new();
    }

    /// Returns the message.
    pub fn finish(self) -> Content {
        if self.is_too_large {
            Content::TooLarge
        } else if let Some(bare) = self.bare.filter(|_| !self.normalizes) {
            Content::Bare(bare)
        } else if self.has_no_memory {
            Content::NoMemory
        } else {
            Content::Whole(self.content)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a message in one piece. Returns it with the octets after its end.
    fn read(input: &[u8]) -> Option<(Content, &[u8])> {
        let mut reader = DataReader::new(1_000_000);
        let used = reader.read(input);
        reader
            .is_at_end()
            .then(|| (reader.finish(), &input[used..]))
    }

    fn whole(text: &str) -> Content {
        Content::Whole(text.into())
    }

    #[test]
    fn a_dot_alone_ends_a_message_and_other_first_dots_are_removed() {
        for (input, expected) in [
            (".\r\n", ""),
            ("a\r\n.\r\n", "a\r\n"),
            ("..\r\n.\r\n", ".\r\n"),
            ("a\r\n..b\r\n.c\r\n.\r\n", "a\r\n.b\r\nc\r\n"),
            ("a.\r\n \r\n.\r\n", "a.\r\n \r\n"),
        ] {
            let more = format!("{input}QUIT\r\n");
            let expected = Some((whole(expected), &b"QUIT\r\n"[..]));
            assert_eq!(read(more.as_bytes()), expected, "{input:?}");
        }
    }

    /// The forms of SMTP smuggling: none of them ends a message, and each is detected.
    #[test]
    fn no_other_line_end_ends_a_message() {
        for end in [
            "\n.\n",
            "\n.\r\n",
            "\r\n.\n",
            "\r.\r",
            "\r.\r\n",
            "\r\n.\r",
            "\n.\r",
            "\r.\n",
            "\r\n\x00.\r\n",
            "\r\n.\x00\r\n",
            "\r\n.\r\r\n",
            "\r\r\n.\r\r\n",
            "\n\n.\n\n",
            "\r\n.\r\x00\n",
        ] {
            let input = format!("a{end}MAIL FROM:<evil@example.com>\r\n");
            let mut reader = DataReader::new(1_000);
            reader.read(input.as_bytes());
            assert!(!reader.is_at_end(), "{end:?}");
            reader.read(b"\r\n.\r\n");
            assert!(reader.is_at_end(), "{end:?}");
            let content = reader.finish();
            let is_rejected = matches!(content, Content::Bare(_)) || end.contains('\0');
            assert!(is_rejected, "{end:?} {content:?}");
        }
    }

    #[test]
    fn a_message_over_the_limit_is_read_to_its_end() {
        let mut reader = DataReader::new(10);
        let input = b"0123456789a\r\n.\r\nNOOP\r\n";
        let used = reader.read(input);
        assert_eq!(&input[used..], b"NOOP\r\n");
        assert_eq!(reader.octets(), 0);
        assert_eq!(reader.finish(), Content::TooLarge);
        let mut reader = DataReader::new(10);
        reader.read(b"01234567\r\n.\r\n");
        assert_eq!(reader.finish(), whole("01234567\r\n"));
    }

    #[test]
    fn other_line_ends_become_crlf_and_never_end_the_message_for_known_addresses() {
        for (input, content) in [
            (&b"a\nb\r\n.\r\n"[..], "a\r\nb\r\n"),
            (b"a\rb\r\n.\r\n", "a\r\nb\r\n"),
            (b"a\n.\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"),
            (b"a\n.\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"),
            (b"a\r\n.\nb\r\n.\r\n", "a\r\n\r\nb\r\n"),
            (b"a\r.\rb\r\n.\r\n", "a\r\n.\r\nb\r\n"),
            (b"a\n..b\n.c\r\n.\r\n", "a\r\n.b\r\nc\r\n"),
            (b"a\r\r\n.\r\n", "a\r\n\r\n"),
        ] {
            let mut reader = DataReader::new(1_000).normalizing(true);
            let used = reader.read(input);
            assert!(reader.is_at_end(), "{input:?}");
            assert_eq!(used, input.len(), "{input:?}");
            assert_eq!(reader.finish(), whole(content), "{input:?}");
        }
    }

    /// The rules of RFC 5321 §4.5.2, written as a search in the whole input.
    fn model(input: &[u8]) -> Option<(Vec<u8>, &[u8])> {
        let all = [b"\r\n", input].concat();
        let end = all.windows(5).position(|five| five == b"\r\n.\r\n")?;
        let text = &all[2..(end + 2).max(2)];
        let mut content = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let line = rest.windows(2).position(|two| two == b"\r\n");
            let line = line.map_or(rest.len(), |at| at + 2);
            let (line, after) = rest.split_at(line);
            content.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
            rest = after;
        }
        Some((content, &input[end + 3..]))
    }

    /// Returns true if CR or LF is anywhere but in CRLF.
    fn has_bare(content: &[u8]) -> bool {
        let text = content.iter().map(|octet| char::from(*octet));
        let text: String = text.collect::<String>().replace("\r\n", "");
        text.contains(['\r', '\n'])
    }

    proptest! {
        #![proptest_config(fuzz::cases(100_000))]

        #[test]
        fn reads_what_the_reference_model_reads(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    &b"\r\n"[..], b"\n", b"\r", b".", b"..", b"a", b"\0", b"\r\n.\r\n", b"\r\n.", b"text",
                ]),
                0..14,
            ),
            cuts in prop::collection::vec(1_usize..6, 1..8),
        ) {
            let input = parts.concat();
            let mut reader = DataReader::new(1_000_000);
            let mut normalizing = DataReader::new(1_000_000).normalizing(true);
            let mut used = 0;
            let mut cuts = cuts.iter().cycle();
            while used < input.len() && !reader.is_at_end() {
                let size = (*cuts.next().unwrap()).min(input.len() - used);
                normalizing.read(&input[used..used + size]);
                used += reader.read(&input[used..used + size]);
            }
            prop_assert_eq!(normalizing.is_at_end(), reader.is_at_end());
            if let Content::Whole(content) = normalizing.finish() {
                prop_assert!(!has_bare(&content));
            }
            match model(&input) {
                None => prop_assert!(!reader.is_at_end()),
                Some((content, rest)) => {
                    prop_assert!(reader.is_at_end());
                    prop_assert_eq!(&input[used..], rest);
                    match reader.finish() {
                        Content::Whole(read) => {
                            prop_assert!(!has_bare(&content) && !has_bare(&input[..used]));
                            prop_assert_eq!(read, content);
                        }
                        Content::Bare(_) => prop_assert!(has_bare(&input[..used])),
                        other => prop_assert!(false, "{:?}", other),
                    }
                }
            }
        }
    }
}
