//! LIST responses (RFC 9051 §7.3.1).

use super::reader::Reader;

/// A folder in a LIST response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The attributes, such as `\Sent`, each with one backslash.
    pub attributes: Vec<String>,
    /// The name as the server wrote it.
    pub name: String,
}

impl Listed {
    /// Reads a response after its first word. `None` if it has no readable name.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let words = match reader.words_in_parentheses() {
            Some(words) => words,
            None if reader.peek() == Some(b'(') => return None,
            None => Vec::new(),
        };
        let attributes = words.iter().map(|word| {
            let name = word.trim_start_matches('\\');
            ["\\", name].concat()
        });
        let attributes = attributes.collect();
        delimiter(reader)?;
        reader.peek()?;
        let name = match reader.literal() {
            Some(literal) => literal,
            None => name(reader.line_bytes()),
        };
        let name = String::from_utf8(name)
            .ok()
            .filter(|name| !name.is_empty())?;
        Some(Self { attributes, name })
    }
}

/// Passes over the delimiter of the hierarchy: a character in quotes, or NIL. Some servers do not
/// escape a backslash in it.
fn delimiter(reader: &mut Reader<'_>) -> Option<()> {
    reader.peek()?;
    match reader.line_bytes() {
        [b'"', b'\\', b'\\' | b'"', b'"', ..] => reader.skip(4),
        [b'"', b'"', ..] => reader.skip(2),
        [b'"', _, b'"', ..] => reader.skip(3),
        _ => {
            reader.word();
        }
    }
    Some(())
}

/// Returns a name up to the end of the line, with or without quotes. Names without quotes may
/// contain spaces, and quotes within a name may not be escaped. Extended data (RFC 5258) is left
/// out.
fn name(line: &[u8]) -> Vec<u8> {
    let is_extended = |at: &usize| {
        line.get(*at..)
            .is_some_and(|rest| rest.starts_with(b" (\""))
    };
    let end = (0..line.len()).find(is_extended).unwrap_or(line.len());
    let line = line.get(..end).unwrap_or_default();
    // A tab at the end may be a part of the name.
    let blank = line.iter().rev().take_while(|byte| **byte == b' ').count();
    let line = line.get(..line.len() - blank).unwrap_or_default();
    match line {
        [b'"', inside @ .., b'"'] => unescaped(inside),
        _ => line.to_vec(),
    }
}

fn unescaped(quoted: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut bytes = quoted.iter().peekable();
    while let Some(byte) = bytes.next() {
        let escaped = bytes.next_if(|next| *byte == b'\\' && matches!(next, b'"' | b'\\'));
        text.push(*escaped.unwrap_or(byte));
    }
    text
}
