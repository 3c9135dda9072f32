//! Values of `Content-Type` and `Content-Disposition`: reading them, and writing them in ASCII (RFC
//! 2045 §5.1, RFC 2231).

use std::fmt::Write as _;

use super::raw_message::clean;

/// Maximum length in characters of a value on one line.
const ONE_LINE: usize = 200;
/// Octets in one section of a split value (RFC 2231 §3).
const PIECE: usize = 60;

/// A value with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    /// The text before the first semicolon.
    pub(super) value: String,
    /// Names as they are written, and values without quotation marks.
    parameters: Vec<(String, String)>,
}

impl Parameters {
    pub(super) fn parse(text: &str) -> Self {
        let mut parts = split(text).into_iter();
        let value = parts.next().unwrap_or_default();
        let value = value.split('(').next().unwrap_or_default();
        let parameters = parts.filter_map(|part| {
            let (name, value) = part.split_once('=')?;
            Some((name.trim().to_owned(), unquoted(value.trim())))
        });
        Self {
            value: value.trim().to_owned(),
            parameters: parameters.collect(),
        }
    }

    /// Returns the value of the first parameter of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let found = parameters.find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Writes value and parameters in ASCII. A parameter that is not ASCII, or too long for a line,
    /// is written by RFC 2231.
    pub(super) fn to_ascii(&self) -> String {
        let mut text = visible(&self.value);
        for (name, value) in &self.parameters {
            let name = visible(name);
            let value = clean(value);
            if name.ends_with('*') {
                // Already encoded by RFC 2231.
                let _ = write!(text, "; {name}=");
                for octet in value.bytes() {
                    push_encoded(&mut text, octet, b"%'");
                }
            } else if value.is_ascii() && value.len() <= ONE_LINE {
                let _ = write!(text, "; {name}={}", quoted(&value));
            } else if !self.has_extended(&name) {
                text.push_str(&extended(&name, &value));
            }
        }
        text
    }

    /// Returns true if a parameter is written by RFC 2231 as well.
    fn has_extended(&self, name: &str) -> bool {
        self.parameters.iter().any(|(other, _)| {
            let (start, _) = other.split_once('*').unwrap_or_default();
            start.eq_ignore_ascii_case(name)
        })
    }
}

/// Writes a parameter by RFC 2231, in sections that fit on lines.
fn extended(name: &str, value: &str) -> String {
    let mut pieces = vec![String::new()];
    for character in value.chars() {
        // Some readers decode each section separately, so characters are not split.
        if pieces.last().is_some_and(|piece| piece.len() >= PIECE) {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            for octet in character.encode_utf8(&mut [0; 4]).bytes() {
                push_encoded(piece, octet, b"");
            }
        }
    }
    if let [whole] = &*pieces {
        return format!("; {name}*=utf-8''{whole}");
    }
    let mut text = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let prefix = if at == 0 { "utf-8''" } else { "" };
        let _ = write!(text, "; {name}*{at}*={prefix}{piece}");
    }
    text
}

/// Adds an octet, in hexadecimal unless it may stand there by itself (`attribute-char`) or is one
/// of `others`.
fn push_encoded(text: &mut String, octet: u8, others: &[u8]) {
    if octet.is_ascii_alphanumeric()
        || b"-._~!#$&+^`{|}".contains(&octet)
        || others.contains(&octet)
    {
        text.push(char::from(octet));
    } else {
        let _ = write!(text, "%{octet:02X}");
    }
}

/// Splits at semicolons outside of quotation marks.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut escaped = false;
    for character in text.chars() {
        let ends = character == ';' && !quoted;
        if ends {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(character);
        }
        quoted ^= character == '"' && !escaped;
        escaped = quoted && character == '\\' && !escaped;
    }
    parts
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else {
        return value.to_owned();
    };
    let mut text = String::new();
    let mut escaped = false;
    for character in inner.chars() {
        if escaped || !matches!(character, '"' | '\\') {
            text.push(character);
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else {
            break;
        }
    }
    text
}

fn quoted(value: &str) -> String {
    let is_token = |b: u8| b.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&b);
    if !value.is_empty() && value.bytes().all(is_token) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Removes all characters that a token or a media type must not contain.
fn visible(text: &str) -> String {
    let text = text.chars().filter(char::is_ascii_graphic);
    text.filter(|c| !matches!(c, '"' | ';')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_as_they_are_written_in_the_wild() {
        let read = Parameters::parse(
            "text/csv (a table); Name=\"a;\\\"b\"; charset = utf-8;; boundary=a b; x",
        );
        assert_eq!(read.value, "text/csv");
        assert_eq!(read.get("name"), Some("a;\"b"));
        assert_eq!(read.get("CHARSET"), Some("utf-8"));
        assert_eq!(read.get("boundary"), Some("a b"));
        assert_eq!(read.get("x"), None);
    }

    #[test]
    fn values_that_are_not_ascii_are_written_by_rfc_2231() {
        for (written, ascii) in [
            (
                "text/csv; name=\"Umsätze.csv\"",
                "text/csv; name*=utf-8''Ums%C3%A4tze.csv",
            ),
            (
                "text/csv; name=\"Umsätze\"; name*=utf-8''x",
                "text/csv; name*=utf-8''x",
            ),
            (
                "attachment; filename*=utf-8''Üms%C3%A4tze",
                "attachment; filename*=utf-8''%C3%9Cms%C3%A4tze",
            ),
            (
                "attachment; filename=plain.txt; size=3",
                "attachment; filename=plain.txt; size=3",
            ),
            ("tëxt/plain; chärset=x", "txt/plain; chrset=x"),
        ] {
            assert_eq!(Parameters::parse(written).to_ascii(), ascii);
        }
        let long = format!("attachment; filename=\"{}\"", "ä".repeat(100));
        let ascii = Parameters::parse(&long).to_ascii();
        assert!(
            ascii.starts_with("attachment; filename*0*=utf-8''%C3%A4"),
            "{ascii}"
        );
        assert!(ascii.split("; ").all(|part| part.len() <= 90), "{ascii}");
        let parsed = format!("Content-Disposition: {ascii}\r\n\r\n");
        let parsed = mail_parser::MessageParser::default()
            .parse(&parsed)
            .map(|parsed| {
                use mail_parser::MimeHeaders as _;
                parsed.parts[0].attachment_name().map(str::to_owned)
            });
        assert_eq!(parsed, Some(Some("ä".repeat(100))));
    }
}
