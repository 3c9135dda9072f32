//! The header of a message or of a part.

use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser};

use super::charset;

/// The fields that are parsed. Others are only listed.
const PARSED: [&str; 11] = [
    "cc",
    "content-disposition",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "in-reply-to",
    "message-id",
    "references",
    "subject",
    "to",
];
/// Maximum size of one parsed field, and of all of them together, in bytes.
const MAX_FIELD: usize = 64 * 1024;
const MAX_LENGTH: usize = 1024 * 1024;

/// The header of a message or of a part.
pub(crate) struct Header<'a> {
    lines: &'a [u8],
    charset: Option<&'a str>,
    /// The fields that are parsed, in UTF-8 and ended by an empty line.
    parsed: String,
}

impl<'a> Header<'a> {
    /// Reads the lines of a header. Fields that are not UTF-8 are decoded in `charset`, the one
    /// that the message declares for its text, or in Windows-1252.
    pub(crate) fn new(lines: &'a [u8], charset: Option<&'a str>) -> Self {
        let mut parsed = String::new();
        for (name, value) in fields(lines) {
            let known = PARSED
                .iter()
                .find(|one| one.as_bytes().eq_ignore_ascii_case(name));
            let Some(name) = known.filter(|_| parsed.len() < MAX_LENGTH) else {
                continue;
            };
            let value = charset::decode_field(value, charset);
            let value = value
                .get(..value.floor_char_boundary(MAX_FIELD))
                .unwrap_or(&value);
            parsed.push_str(name);
            parsed.push(':');
            parsed.push_str(value.trim_end());
            parsed.push_str("\r\n");
        }
        parsed.push_str("\r\n");
        Self {
            lines,
            charset,
            parsed,
        }
    }

    /// Parses the fields. Returns `None` if there are none.
    pub(crate) fn parse(&self) -> Option<Message<'_>> {
        self.parse_with(&MessageParser::default())
    }

    pub(super) fn parse_with(&self, parser: &MessageParser) -> Option<Message<'_>> {
        parser.parse_headers(&self.parsed)
    }

    /// Returns the unchanged names and values, including folds.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (String, String)> {
        fields(self.lines).map(|(name, value)| {
            let name = String::from_utf8_lossy(name).into_owned();
            (name, charset::decode_field(value, self.charset))
        })
    }
}

/// Returns the fields of a header as bytes. Lines that belong to none are left out.
fn fields(header: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = header;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let mut end = line_end(rest, 0);
            while rest
                .get(end)
                .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
            {
                end = line_end(rest, end);
            }
            let (field, after) = rest.split_at(end);
            rest = after;
            if let Some(length) = name_length(field) {
                let (name, value) = field.split_at(length);
                let colon = value.iter().position(|byte| *byte == b':')? + 1;
                return Some((name, value.get(colon..).unwrap_or_default()));
            }
        }
        None
    })
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == b'\n');
    end.map_or(bytes.len(), |end| from + end + 1)
}

/// Returns the length of the field name that a line begins with (RFC 5322 §2.2); white space may
/// follow before the colon (§4.5).
pub(crate) fn name_length(line: &[u8]) -> Option<usize> {
    let length = line
        .iter()
        .take_while(|byte| byte.is_ascii_graphic() && **byte != b':')
        .count();
    let after = line.get(length..).unwrap_or_default().trim_ascii_start();
    (length > 0 && after.first() == Some(&b':')).then_some(length)
}

/// Returns the first field of a name. Of fields that may occur once (RFC 5322 §3.6), later ones are
/// ignored.
pub(crate) fn first<'m, 'x>(
    message: &'m Message<'x>,
    name: &HeaderName<'_>,
) -> Option<&'m HeaderValue<'x>> {
    let mut fields = message.headers().iter();
    let found = fields.find(|field| field.name == *name);
    found.map(|field| &field.value)
}

/// Returns the addresses of all fields of a name.
pub(crate) fn addresses<'m, 'x>(
    message: &'m Message<'x>,
    name: &HeaderName<'_>,
) -> impl Iterator<Item = &'m Address<'x>> {
    let fields = message
        .headers()
        .iter()
        .filter(move |field| field.name == *name);
    fields.filter_map(|field| field.value.as_address())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_with_their_folds_and_other_lines_left_out() {
        let header = b"A: 1\r\n two\r\nno field\r\nB-c :3\r\n: x\r\nD:";
        let header = Header::new(header, None);
        let found: Vec<_> = header
            .fields()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(found, ["A= 1\r\n two\r\n", "B-c=3\r\n", "D="]);
    }

    #[test]
    fn a_long_field_does_not_hide_others() {
        let long = "ä".repeat(500_000);
        let lines = format!("Subject: {long}\r\nX: {long}\r\nFrom: a@b.c\r\n");
        let header = Header::new(lines.as_bytes(), None);
        let parsed = header.parse().unwrap();
        let subject = first(&parsed, &HeaderName::Subject).and_then(HeaderValue::as_text);
        assert!(subject.unwrap().len() <= MAX_FIELD && subject.unwrap().ends_with('ä'));
        assert_eq!(addresses(&parsed, &HeaderName::From).count(), 1);
        assert_eq!(header.fields().count(), 3);
    }

    #[test]
    fn of_two_fields_that_may_stand_once_the_first_counts() {
        let header = Header::new(
            b"Subject: one\r\nTo: a@b.c\r\nSubject: two\r\nTo: d@e.f\r\n",
            None,
        );
        let parsed = header.parse().unwrap();
        let subject = first(&parsed, &HeaderName::Subject).and_then(HeaderValue::as_text);
        assert_eq!(subject, Some("one"));
        assert_eq!(addresses(&parsed, &HeaderName::To).count(), 2);
    }
}
