//! A position in a response.

use crate::frame::Frame;

/// A value of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// A quoted string or a literal.
    Text(Vec<u8>),
    /// Any other word, with the section in its brackets.
    Atom(String),
}

/// Longest section in square brackets, in bytes.
const MAX_SECTION: usize = 500;
/// Longest list that is read as words, in bytes.
const MAX_LIST: usize = 2 * 1_024;
/// Longest announcement of a literal with its line end, in bytes.
const MAX_ANNOUNCEMENT: usize = 32;

/// Reads a response from left to right. It never fails: what is not a string is a word. No step
/// searches farther than a limit, or does so more than once, because servers are untrusted.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    frame: &'a Frame,
    at: usize,
    /// True if no quoted string ends after this position.
    is_unclosed: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(frame: &'a Frame) -> Self {
        Self {
            frame,
            at: 0,
            is_unclosed: false,
        }
    }

    fn bytes(&self) -> &'a [u8] {
        self.frame.bytes.get(self.at..).unwrap_or_default()
    }

    /// Returns the next byte that is not white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let blank = self.bytes().iter().take_while(|byte| is_blank(**byte));
        self.at += blank.count();
        self.bytes().first().copied()
    }

    pub(super) fn skip(&mut self, length: usize) {
        self.at += length;
    }

    /// Returns the bytes up to the end of the line.
    pub(super) fn line_bytes(&self) -> &'a [u8] {
        let bytes = self.bytes();
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let line = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Returns the text up to the end of the line.
    pub(super) fn line(&self) -> String {
        String::from_utf8_lossy(self.line_bytes()).into_owned()
    }

    /// Returns the text up to the end of the line, without white space around it.
    pub(super) fn rest(&self) -> String {
        self.line().trim().to_owned()
    }

    /// Returns the next word, which ends before white space, a bracket, or a parenthesis.
    pub(super) fn word(&mut self) -> String {
        self.peek();
        let is_end = |byte: u8| is_blank(byte) || matches!(byte, b'(' | b')' | b'[');
        let word = self.bytes();
        let length = word.iter().take_while(|byte| !is_end(**byte)).count();
        self.at += length;
        String::from_utf8_lossy(word.get(..length).unwrap_or_default()).into_owned()
    }

    /// Returns the next value without moving.
    pub(super) fn peek_token(&self) -> Option<Token> {
        self.clone().token()
    }

    /// Returns the next value.
    pub(super) fn token(&mut self) -> Option<Token> {
        match self.peek()? {
            b'(' => {
                self.skip(1);
                Some(Token::Open)
            }
            b')' => {
                self.skip(1);
                Some(Token::Close)
            }
            b'"' => Some(self.quoted()),
            b'{' | b'~' => Some(match self.literal() {
                Some(literal) => Token::Text(literal),
                None => self.atom(),
            }),
            _ => Some(self.atom()),
        }
    }

    /// Reads a quoted string. One without an end is a word.
    fn quoted(&mut self) -> Token {
        let mut text = Vec::new();
        let line = self.bytes();
        let mut bytes = line.iter().enumerate().skip(1);
        while let Some((at, byte)) = bytes.next().filter(|_| !self.is_unclosed) {
            match byte {
                b'"' => {
                    self.skip(at + 1);
                    return Token::Text(text);
                }
                b'\\' => match bytes.next() {
                    Some((_, escaped @ (b'"' | b'\\'))) => text.push(*escaped),
                    // Not every server escapes a backslash.
                    Some((_, other)) => text.extend([b'\\', *other]),
                    None => break,
                },
                b'\n' => break,
                other => text.push(*other),
            }
        }
        self.is_unclosed = true;
        self.atom()
    }

    /// Reads a literal (RFC 9051 §4.3), also one with `~` (RFC 3516).
    pub(super) fn literal(&mut self) -> Option<Vec<u8>> {
        let bytes = self.bytes();
        if !matches!(bytes, [b'{', ..] | [b'~', b'{', ..]) {
            return None;
        }
        let mut announcement = bytes.iter().take(MAX_ANNOUNCEMENT);
        let start = self.at + announcement.position(|byte| *byte == b'\n')? + 1;
        let mut literals = self.frame.literals.iter();
        let literal = literals.find(|range| range.start == start)?.clone();
        self.at = literal.end;
        self.frame.bytes.get(literal).map(<[u8]>::to_vec)
    }

    /// Reads a word. It includes what is in its square brackets, if these are closed.
    fn atom(&mut self) -> Token {
        let bytes = self.bytes();
        let (mut length, mut is_closed) = (0, true);
        while let Some(byte) = bytes.get(length) {
            match byte {
                b'[' if is_closed => {
                    let mut section = bytes.iter().skip(length).take(MAX_SECTION);
                    let close = section.position(|byte| matches!(byte, b']' | b'\n'));
                    let close = close.filter(|close| bytes.get(length + close) == Some(&b']'));
                    is_closed = close.is_some();
                    length += close.map_or(1, |close| close + 1);
                }
                _ if is_blank(*byte) || matches!(byte, b'(' | b')') => break,
                b'"' | b'{' if length > 0 => break,
                _ => length += 1,
            }
        }
        self.skip(length.max(1));
        let atom = bytes.get(..length).unwrap_or_default();
        Token::Atom(String::from_utf8_lossy(atom).into_owned())
    }

    /// Reads a list in parentheses as words. Parentheses within it belong to the words.
    pub(super) fn words_in_parentheses(&mut self) -> Option<Vec<String>> {
        if self.peek() != Some(b'(') {
            return None;
        }
        let bytes = self.bytes();
        let mut depth = 0_u32;
        let close = bytes.iter().take(MAX_LIST).position(|byte| {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b'\n' => depth = 0,
                _ => {}
            }
            depth == 0
        })?;
        if bytes.get(close) != Some(&b')') {
            return None;
        }
        self.skip(close + 1);
        let inside = String::from_utf8_lossy(bytes.get(1..close).unwrap_or_default());
        Some(inside.split_whitespace().map(str::to_owned).collect())
    }

    /// Passes over a value, also over a list of them.
    pub(super) fn skip_value(&mut self) {
        let mut depth = 0_u32;
        while let Some(token) = self.token() {
            match token {
                Token::Open => depth += 1,
                Token::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
