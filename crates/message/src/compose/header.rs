//! Writing header fields: folded, and in ASCII.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{EmailAddress, FromAddress};

/// Length in octets, without CRLF, at which lines are folded (RFC 5322 §2.1.1).
const FOLD: usize = 78;
/// Maximum length of a line in octets, without CRLF (RFC 5322 §2.1.1).
pub(super) const MAX_LINE: usize = 998;
/// Octets of text in one encoded word, whose total length is limited to 75 (RFC 2047 §2).
const WORD: usize = 45;

/// The header of a message that is being written.
#[derive(Debug, Default)]
pub(super) struct Head(String);

impl Head {
    /// Adds a field. The value is ASCII without control characters.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.0.push_str(&line(name, value));
    }

    /// Adds a field with addresses, if there are any.
    pub(super) fn add_mailboxes(&mut self, name: &str, all: &[FromAddress]) {
        if !all.is_empty() {
            self.add(name, &mailboxes(all));
        }
    }

    /// Returns the lines of the header, without the empty line.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// Writes `Name: value` and CRLF, folded at spaces. The value is ASCII without control characters.
pub(super) fn line(name: &str, value: &str) -> String {
    let mut line = format!("{name}:");
    let mut column = line.len();
    for token in tokens(value) {
        let space = usize::from(line.len() == name.len() + 1);
        if space == 0 && token.starts_with(' ') && column + token.len() > FOLD {
            line.push_str("\r\n");
            column = 0;
        } else if space == 1 {
            line.push(' ');
        }
        line.push_str(token);
        column += space + token.len();
    }
    line.push_str("\r\n");
    line
}

/// Splits a value into words, each with the spaces before it.
fn tokens(value: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = value.trim_matches(' ');
    while !rest.is_empty() {
        let word = rest.find(|c| c != ' ').unwrap_or(rest.len());
        let end = rest[word..].find(' ').map_or(rest.len(), |at| word + at);
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Returns true if each word of a value fits on a line.
pub(super) fn fits(value: &str) -> bool {
    tokens(value)
        .iter()
        .all(|token| token.len() <= MAX_LINE - 80)
}

/// Writes unstructured text (RFC 5322 §2.2.1), in encoded words (RFC 2047) if necessary.
pub(super) fn text(value: &str) -> String {
    let value = value.trim_matches(' ');
    if is_plain(value) && fits(value) {
        value.to_owned()
    } else {
        encoded_words(value)
    }
}

/// Writes an address with its name.
pub(super) fn mailbox(mailbox: &FromAddress) -> String {
    let address = &mailbox.address;
    match &mailbox.name {
        None => address.to_string(),
        Some(name) if is_plain(name) => {
            let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{escaped}\" <{address}>")
        }
        Some(name) => format!("{} <{address}>", encoded_words(name)),
    }
}

/// Writes an address with its name for a server without SMTPUTF8. An address that is not ASCII
/// becomes the name of an empty group: it is shown, and nobody can reply to it (RFC 6857 §3.1.8).
pub(super) fn ascii_mailbox(written: &FromAddress) -> String {
    if !written.address.needs_smtputf8() {
        return mailbox(written);
    }
    let shown = match &written.name {
        Some(name) => format!("{name} {}", written.address),
        None => written.address.to_string(),
    };
    format!("{} :;", encoded_words(&shown))
}

/// Writes a list of addresses.
pub(super) fn mailboxes(all: &[FromAddress]) -> String {
    all.iter().map(mailbox).collect::<Vec<_>>().join(", ")
}

/// Returns an address without a name.
pub(super) fn bare(address: EmailAddress) -> FromAddress {
    FromAddress {
        name: None,
        address,
    }
}

/// Returns true for printable ASCII that no reader mistakes for an encoded word.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|b| (b' '..=b'~').contains(&b)) && !value.contains("=?")
}

/// Writes encoded words in UTF-8 (RFC 2047 §4.1). White space between two encoded words is not
/// shown (§6.2).
fn encoded_words(value: &str) -> String {
    let mut words = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        let mut end = rest.len().min(WORD);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (word, after) = rest.split_at(end);
        words.push(format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(word)));
        rest = after;
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_folded_at_spaces() {
        let value = "word ".repeat(40);
        let folded = line("Subject", &value);
        assert!(folded.split("\r\n").all(|line| line.len() <= 78));
        assert_eq!(
            folded.replace("\r\n", ""),
            format!("Subject: {}", value.trim())
        );
        assert_eq!(line("X-Empty", ""), "X-Empty:\r\n");
    }

    #[test]
    fn text_outside_of_ascii_becomes_encoded_words() {
        assert_eq!(text("Hello"), "Hello");
        assert_eq!(text("Grüße"), "=?utf-8?B?R3LDvMOfZQ==?=");
        assert_eq!(
            text("=?utf-8?B?eA==?="),
            "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?="
        );
        let long = text(&"ä".repeat(200));
        assert!(long.split(' ').all(|word| word.len() <= 75));
    }
}
