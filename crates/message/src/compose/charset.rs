//! Character sets of header fields that are not ASCII.

use mail_parser::decoders::charsets::map::charset_decoder;

use crate::mime::has_escapes;

/// The character set of header fields that are neither ASCII nor encoded words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Charset(Option<Declared>);

#[derive(Clone, Copy, Debug)]
struct Declared {
    decoder: fn(&[u8]) -> String,
    /// True for a multi-byte character set. Its text may be valid UTF-8 by chance.
    wide: bool,
}

/// Prefixes of the names of multi-byte character sets.
const WIDE: [&str; 12] = [
    "gb",
    "big5",
    "euc",
    "shift",
    "sjis",
    "iso-2022",
    "ks_c",
    "ms932",
    "windows-31j",
    "cp9",
    "x-gbk",
    "korean",
];

impl Charset {
    /// Returns the character set of this name (RFC 2045 §5.1). Unicode counts as none: UTF-8 is
    /// tried first anyway, and UTF-16 and UTF-7 are not used in header fields.
    pub(super) fn named(label: &str) -> Self {
        let label = label.trim().to_ascii_lowercase();
        let useless = ["utf", "us-ascii", "ascii", "ucs", "unicode", "csu"];
        if label.is_empty() || useless.iter().any(|start| label.starts_with(start)) {
            return Self(None);
        }
        let wide = WIDE.iter().any(|start| label.starts_with(start));
        let decoder = charset_decoder(label.as_bytes());
        Self(decoder.map(|decoder| Declared { decoder, wide }))
    }

    /// Returns true if a character set was named.
    pub(super) fn is_known(self) -> bool {
        self.0.is_some()
    }

    /// Decodes a value. If the character set does not fit, decodes UTF-8 or else Windows-1252, in
    /// which every octet is a character.
    pub(super) fn decode(self, value: &[u8]) -> String {
        let by = |decoder: fn(&[u8]) -> String| {
            let text = decoder(value);
            (!text.contains('\u{fffd}')).then_some(text)
        };
        if value.is_ascii() {
            let japanese = charset_decoder(b"iso-2022-jp").filter(|_| has_escapes(value));
            let decoded = japanese.and_then(by);
            return decoded.unwrap_or_else(|| String::from_utf8_lossy(value).into_owned());
        }
        let (wide, single) = match self.0 {
            Some(declared) if declared.wide => (Some(declared.decoder), None),
            Some(declared) => (None, Some(declared.decoder)),
            None => (None, None),
        };
        let utf8 = || std::str::from_utf8(value).ok().map(str::to_owned);
        let western = || charset_decoder(b"windows-1252").map(|decoder| decoder(value));
        wide.and_then(by)
            .or_else(utf8)
            .or_else(|| single.and_then(by))
            .or_else(western)
            .unwrap_or_else(|| String::from_utf8_lossy(value).into_owned())
    }
}

/// Returns true if a value is neither ASCII nor encoded words.
pub(super) fn is_raw(value: &[u8]) -> bool {
    !value.is_ascii() || has_escapes(value)
}

/// Escapes octets that are not ASCII within encoded words (RFC 2047 §4.2), since they are in the
/// character set of the word.
pub(super) fn with_whole_words(value: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.windows(2).position(|two| two == b"=?") {
        let (before, word) = rest.split_at(at);
        whole.extend_from_slice(before);
        let length = q_word(word).unwrap_or(2);
        for octet in &word[..length] {
            if octet.is_ascii() {
                whole.push(*octet);
            } else {
                whole.extend(format!("={octet:02X}").bytes());
            }
        }
        rest = &word[length..];
    }
    whole.extend_from_slice(rest);
    whole
}

/// Returns the length of an encoded word in the encoding Q at the beginning of a text.
fn q_word(text: &[u8]) -> Option<usize> {
    let mark = |from: usize| {
        let at = text.get(from..)?.iter().position(|b| *b == b'?')?;
        Some(from + at)
    };
    let charset = mark(2)?;
    let encoding = mark(charset + 1)?;
    let is_q = text[charset + 1..encoding].eq_ignore_ascii_case(b"q");
    let inner = text.get(encoding + 1..).filter(|_| is_q)?;
    let end = inner.windows(2).position(|two| two == b"?=")?;
    Some(encoding + 1 + end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_within_an_encoded_word_are_in_its_charset() {
        for (written, whole) in [
            (
                &b"=?koi8-r?q?\xd0=D2?= \xd0"[..],
                &b"=?koi8-r?q?=D0=D2?= \xd0"[..],
            ),
            (b"=?utf-8?B?\xd0?=", b"=?utf-8?B?\xd0?="),
            (b"a =? b \xd0 ?=", b"a =? b \xd0 ?="),
            (b"=?", b"=?"),
        ] {
            assert_eq!(with_whole_words(written), whole);
        }
    }

    #[test]
    fn text_is_read_in_the_charset_of_the_message_and_else_as_utf_8_or_windows_1252() {
        for (label, value, text) in [
            (
                "",
                &b"\x93Hi\x94 \x80 5"[..],
                "\u{201c}Hi\u{201d} \u{20ac} 5",
            ),
            ("utf-8", "Gr\u{fc}\u{df}e".as_bytes(), "Gr\u{fc}\u{df}e"),
            (
                "iso-8859-1",
                "Gr\u{fc}\u{df}e".as_bytes(),
                "Gr\u{fc}\u{df}e",
            ),
            ("ISO-8859-1", b"Gr\xfc\xdfe", "Gr\u{fc}\u{df}e"),
            (
                "koi8-r",
                b"\xf0\xd2\xc9\xd7\xc5\xd4",
                "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}",
            ),
            ("gb2312", b"\xd2\xbb", "\u{4e00}"),
            (
                "iso-2022-jp",
                b"\x1b$BF|K\\8l\x1b(B",
                "\u{65e5}\u{672c}\u{8a9e}",
            ),
            ("", b"\x1b$BF|K\\8l\x1b(B", "\u{65e5}\u{672c}\u{8a9e}"),
            ("utf-16", b"Gr\xfc\xdfe", "Gr\u{fc}\u{df}e"),
            ("unheard-of", b"Gr\xfc\xdfe", "Gr\u{fc}\u{df}e"),
            ("utf-8", b"plain", "plain"),
        ] {
            assert_eq!(Charset::named(label).decode(value), text, "{label}");
        }
    }
}
