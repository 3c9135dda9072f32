//! FETCH responses (RFC 9051 §7.5.2), read item by item.

use std::num::NonZeroU32;

use domain::UnixTime;

use crate::frame::Frame;

use super::{
    date, number,
    reader::{Reader, Token},
};

/// Names of items that a value may be missing before.
const ITEMS: [&str; 8] = [
    "UID",
    "FLAGS",
    "INTERNALDATE",
    "RFC822.SIZE",
    "RFC822.HEADER",
    "ENVELOPE",
    "BODYSTRUCTURE",
    "MODSEQ",
];

/// The data of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Sequence number in the folder.
    pub number: u32,
    /// The UID. Unsolicited data has none.
    pub uid: Option<NonZeroU32>,
    /// Time at which the server received the message, if it reports a time that exists.
    pub received_at: Option<UnixTime>,
    /// Size in octets.
    pub size: Option<u32>,
    /// The flags.
    pub flags: Flags,
    /// Contents, in the order in which the server sent them.
    pub sections: Vec<Section>,
}

/// Flags of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `\Seen`.
    pub seen: bool,
    /// `\Answered`.
    pub answered: bool,
    /// `\Flagged`.
    pub flagged: bool,
}

/// The content of a message or of a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// The offset of a partial content, in octets.
    pub origin: Option<u32>,
    /// The octets, unchanged.
    pub data: Vec<u8>,
}

impl Fetched {
    /// Reads a response after its first words, and counts the unreadable items.
    pub(super) fn read(number: u32, reader: &mut Reader<'_>) -> (Self, u32) {
        let mut fetched = Self {
            number,
            ..Self::default()
        };
        let skipped = fetched.read_items(reader);
        (fetched, skipped)
    }

    /// Reads a further line of the same response, and counts its unreadable items.
    pub(crate) fn read_rest(&mut self, frame: &Frame) -> u32 {
        self.read_items(&mut Reader::new(frame))
    }

    /// Reads items up to the end of the line. Parentheses between them are ignored, because
    /// some servers close them early, twice, or not at all.
    fn read_items(&mut self, reader: &mut Reader<'_>) -> u32 {
        let mut skipped = 0;
        while let Some(token) = reader.token() {
            let readable = match token {
                Token::Open | Token::Close => true,
                Token::Text(_) => false,
                Token::Atom(name) => self.read_item(&name.to_ascii_uppercase(), reader),
            };
            skipped += u32::from(!readable);
        }
        skipped
    }

    /// Reads the value of an item. Returns false if it is unreadable. The first value of an item
    /// counts, because later ones may come from lines of a message whose length was wrong.
    fn read_item(&mut self, name: &str, reader: &mut Reader<'_>) -> bool {
        match name {
            "UID" => {
                let uid = number_of(reader).and_then(NonZeroU32::new);
                self.uid = self.uid.or(uid);
                uid.is_some()
            }
            "RFC822.SIZE" => {
                let size = number_of(reader);
                self.size = self.size.or(size);
                size.is_some()
            }
            "INTERNALDATE" => {
                let date = date_of(reader);
                self.received_at = self.received_at.or(date);
                date.is_some()
            }
            "FLAGS" => self.read_flags(reader),
            "RFC822" | "RFC822.HEADER" | "RFC822.TEXT" => self.read_section(name, reader),
            _ if is_section(name) => self.read_section(name, reader),
            _ => {
                if !matches!(reader.peek_token(), Some(Token::Close) | None) && !is_item(reader) {
                    reader.skip_value();
                }
                true
            }
        }
    }

    fn read_flags(&mut self, reader: &mut Reader<'_>) -> bool {
        let words = reader.words_in_parentheses().or_else(|| {
            let mut words = Vec::new();
            while let Some(Token::Atom(word)) = reader.peek_token() {
                if !word.starts_with('\\') && !word.eq_ignore_ascii_case("NIL") {
                    break;
                }
                reader.token();
                words.push(word);
            }
            (!words.is_empty()).then_some(words)
        });
        for word in words.iter().flatten() {
            match word.trim_start_matches('\\').to_ascii_lowercase().as_str() {
                "seen" => self.flags.seen = true,
                "answered" => self.flags.answered = true,
                "flagged" => self.flags.flagged = true,
                _ => {}
            }
        }
        words.is_some()
    }

    fn read_section(&mut self, name: &str, reader: &mut Reader<'_>) -> bool {
        let mut origin = origin_in(name);
        if let Some(Token::Atom(atom)) = reader.peek_token()
            && atom.starts_with('<')
        {
            origin = origin_in(&atom);
            reader.token();
        }
        let data = match reader.peek_token() {
            Some(Token::Text(data)) => data,
            Some(Token::Atom(nil)) if nil.eq_ignore_ascii_case("NIL") => Vec::new(),
            _ => return false,
        };
        reader.token();
        self.sections.push(Section { origin, data });
        true
    }

    /// Adds the items of another response about the same message.
    pub(crate) fn merge(&mut self, other: Self) {
        self.uid = self.uid.or(other.uid);
        self.received_at = self.received_at.or(other.received_at);
        self.size = self.size.or(other.size);
        self.flags.seen |= other.flags.seen;
        self.flags.answered |= other.flags.answered;
        self.flags.flagged |= other.flags.flagged;
        self.sections.extend(other.sections);
    }
}

fn is_section(name: &str) -> bool {
    let starts = ["BODY[", "BODY.PEEK[", "BINARY[", "BINARY.PEEK["];
    starts.iter().any(|start| name.starts_with(start))
}

/// Returns the offset in `BODY[]<0>` or `<0.1024>`.
fn origin_in(name: &str) -> Option<u32> {
    let (_, after) = name.rsplit_once('<')?;
    let end = after.find(['.', '>']).unwrap_or(after.len());
    number::parse(after.get(..end)?)
}

fn is_item(reader: &Reader<'_>) -> bool {
    let Some(Token::Atom(name)) = reader.peek_token() else {
        return false;
    };
    let name = name.to_ascii_uppercase();
    is_section(&name) || ITEMS.contains(&name.as_str())
}

/// Reads a number. Anything else is left where it is.
fn number_of(reader: &mut Reader<'_>) -> Option<u32> {
    let text = match reader.peek_token()? {
        Token::Atom(text) => text,
        Token::Text(text) => String::from_utf8(text).ok()?,
        _ => return None,
    };
    let number = number::parse(&text);
    // A number that is none, such as -1, is a value all the same.
    if number.is_some() || !is_item(reader) {
        reader.token();
    }
    number
}

/// Reads a date, with or without quotes.
fn date_of(reader: &mut Reader<'_>) -> Option<UnixTime> {
    let mut text = String::new();
    while let Some(token) = reader.peek_token() {
        match token {
            Token::Text(quoted) if text.is_empty() => {
                reader.token();
                return date::parse(&String::from_utf8_lossy(&quoted));
            }
            Token::Atom(word) if !is_item(reader) => {
                reader.token();
                text.push_str(&word);
                text.push(' ');
            }
            _ => break,
        }
    }
    date::parse(&text)
}
