//! A message, parsed by `mail-parser`, which reads messages within messages as deep as they go: some thousands within one
//! another end the process, since each is dropped within the one around it. So the words that announce a message are
//! changed before, and changed back in what is shown. Such a message is an attachment like any other.

use std::borrow::Cow;

use mail_parser::{Encoding, Message, MessageParser, MessagePart, PartType};

/// What makes a part a message: `message/rfc822` (RFC 2046 §5.2.1), `message/global` (RFC 6532 §3.7) and what is the usual
/// type in `multipart/digest` (RFC 2046 §5.1.5).
const WORDS: [&[u8]; 3] = [b"rfc822", b"global", b"digest"];
/// Stands in place of the first letter of a word, plus its number; and for a capital, three more.
const MARKS: u8 = 0x0e;

/// The bytes of a message as they are parsed.
pub(crate) struct Parsed<'a> {
    original: &'a [u8],
    changed: Vec<u8>,
}

impl<'a> Parsed<'a> {
    pub(crate) fn new(original: &'a [u8]) -> Self {
        let mut changed = original.to_vec();
        let mut at = 0;
        while at < changed.len() {
            let rest = changed.get(at..).unwrap_or_default();
            let found = WORDS.iter().zip(0..).find(|(word, _)| {
                rest.get(..word.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(word))
            });
            if let (Some((_, number)), Some(byte)) = (found, changed.get_mut(at)) {
                *byte = MARKS + number + if byte.is_ascii_uppercase() { 3 } else { 0 };
            }
            at += 1;
        }
        Self { original, changed }
    }

    /// The message; `None` when it has no header.
    pub(crate) fn message(&self) -> Option<Message<'_>> {
        MessageParser::default().parse(&self.changed)
    }

    /// The bytes of an attachment.
    pub(crate) fn file(&self, part: &MessagePart<'_>) -> Vec<u8> {
        let range = usize::try_from(part.offset_body)
            .ok()
            .zip(usize::try_from(part.offset_end).ok());
        let original = range.and_then(|(from, to)| self.original.get(from..to));
        match (part.encoding, original) {
            // As it came, and not as it was read in some charset.
            (Encoding::None, Some(bytes)) => bytes.to_vec(),
            _ => restored_bytes(part.contents()),
        }
    }
}

/// The text of a part that is text.
pub(super) fn text_of<'m>(part: &'m MessagePart<'_>) -> Option<(&'m str, bool)> {
    match &part.body {
        PartType::Text(text) => Some((text, false)),
        PartType::Html(text) => Some((text, true)),
        _ => None,
    }
}

/// A text with its words as they were.
pub(crate) fn restored(text: &str) -> Cow<'_, str> {
    let is_mark = |c: char| u8::try_from(c).is_ok_and(|byte| (MARKS..MARKS + 6).contains(&byte));
    if text.contains(is_mark) {
        let bytes = restored_bytes(text.as_bytes());
        // Marks and what they stand for are ASCII.
        String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
    } else {
        Cow::Borrowed(text)
    }
}

fn restored_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut restored = bytes.to_vec();
    for at in 0..restored.len() {
        let rest = restored.get(at..).unwrap_or_default();
        let Some(mark) = rest
            .first()
            .and_then(|byte| byte.checked_sub(MARKS))
            .filter(|mark| *mark < 6)
        else {
            continue;
        };
        let Some(word) = WORDS.get(usize::from(mark % 3)) else {
            continue;
        };
        let is_word = rest.get(1..word.len()).is_some_and(|rest| {
            word.get(1..)
                .is_some_and(|end| rest.eq_ignore_ascii_case(end))
        });
        if let (true, Some(byte), Some(first)) = (is_word, restored.get_mut(at), word.first()) {
            *byte = if mark < 3 {
                *first
            } else {
                first.to_ascii_uppercase()
            };
        }
    }
    restored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_within_a_message_is_a_file_with_its_own_bytes() {
        let inner = "Content-Type: message/rfc822\r\n\r\nSubject: RFC822 digest\r\n\r\nHi\r\n";
        let raw = format!(
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nOn Rfc822 and GLOBAL\r\n--b\r\n\
             Content-Type: Message/RFC822\r\n\r\n{inner}\r\n--b--\r\n"
        );
        let parsed = Parsed::new(raw.as_bytes());
        let message = parsed.message().unwrap();
        let (text, _) = text_of(message.text_part(0).unwrap()).unwrap();
        assert_eq!(restored(text), "On Rfc822 and GLOBAL");
        assert_eq!(message.attachments.len(), 1);
        let file = parsed.file(message.attachment(0).unwrap());
        assert_eq!(String::from_utf8(file).unwrap(), inner);
    }

    #[test]
    fn messages_within_messages_end_nothing() {
        for line in [
            "Content-Type: message/rfc822\n\n",
            "content-type:message/global\n\n",
            "Content -Type :\n (a) Message (b) / (c) RFC822 ; a=b\n\n",
            "Content-Type: multipart/digest; boundary=b\n\n--b\n\n",
        ] {
            let raw = line.repeat(100_000);
            let parsed = Parsed::new(raw.as_bytes());
            let message = parsed.message().unwrap();
            let within = |part: &MessagePart<'_>| matches!(part.body, PartType::Message(_));
            assert!(!message.parts.iter().any(within), "{line}");
        }
    }
}
