//! Status responses (RFC 9051 §7.1) and their codes.

use super::{Ending, number, reader::Reader};

/// A status with its response code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusLine {
    pub(crate) ending: Ending,
    /// The name of the code in brackets, in upper case; empty without one.
    pub(crate) code: String,
    argument: String,
    pub(crate) text: String,
}

impl StatusLine {
    /// Reads a status after its first word. `None` if the word is not a status.
    pub(super) fn read(word: &str, reader: &mut Reader<'_>) -> Option<Self> {
        let ending = match word.to_ascii_uppercase().as_str() {
            "OK" | "PREAUTH" => Ending::Ok,
            "NO" => Ending::No,
            "BAD" => Ending::Bad,
            "BYE" => Ending::Bye,
            _ => return None,
        };
        let rest = reader.rest();
        let (code, text) = split(&rest).unwrap_or(("", &rest));
        let code = code.trim();
        let (code, argument) = code.split_once([' ', '\t']).unwrap_or((code, ""));
        Some(Self {
            ending,
            code: code.to_ascii_uppercase(),
            argument: argument.trim().to_owned(),
            text: text.trim().to_owned(),
        })
    }

    /// Returns a status that ends a command with an unknown word.
    pub(super) fn bad(text: String) -> Self {
        Self {
            ending: Ending::Bad,
            code: String::new(),
            argument: String::new(),
            text,
        }
    }

    /// Returns the capabilities in the code.
    pub(crate) fn capabilities(&self) -> Option<Vec<String>> {
        (self.code == "CAPABILITY").then(|| capabilities(&self.argument))
    }

    /// Returns the number in the code of this name.
    pub(crate) fn number(&self, code: &str) -> Option<u32> {
        let number = number::parse_wrapping(&self.argument);
        number.filter(|_| self.code == code)
    }
}

/// Splits a code in brackets from the text. A bracket in the code, as in the name of a flag, does
/// not end it. Brackets that are not closed are text.
fn split(rest: &str) -> Option<(&str, &str)> {
    let inside = rest.strip_prefix('[')?;
    let mut ends = inside.match_indices(']').map(|(at, _)| at);
    let is_last = |at: &usize| {
        let after = inside.get(at + 1..).unwrap_or_default();
        after.is_empty() || after.starts_with([' ', '\t'])
    };
    let end = ends.clone().find(is_last).or_else(|| ends.next())?;
    let (code, text) = inside.split_at(end);
    Some((code, text.get(1..).unwrap_or_default()))
}

/// Reads capabilities, in upper case.
pub(super) fn capabilities(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"'));
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_ascii_uppercase).collect()
}
