//! Header fields as short lines.

use domain::{MailSummary, UnixTime, untrusted};
use mail_parser::{Address, HeaderName, HeaderValue, Message};

use crate::mime::{Header, first};

/// Maximum length of a displayed line in characters.
const MAX_TEXT: usize = 300;
/// Maximum number of people from one address field.
const MAX_PEOPLE: usize = 20;

/// Decoded fields that identify a message. They may be long and are not safe to display.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderSummary {
    /// The Message-ID, without angle brackets.
    pub message_id: Option<String>,
    /// The first address of `From`.
    pub from: Option<String>,
    /// The subject.
    pub subject: Option<String>,
}

impl HeaderSummary {
    /// Reads the lines of a header.
    pub fn parse(lines: &[u8]) -> Self {
        let header = Header::new(lines, None);
        let Some(header) = header.parse() else {
            return Self::default();
        };
        let text = |name| first(&header, &name).and_then(HeaderValue::as_text);
        let from = first(&header, &HeaderName::From).and_then(HeaderValue::as_address);
        Self {
            message_id: text(HeaderName::MessageId).map(str::to_owned),
            from: from
                .and_then(|from| from.first()?.address())
                .map(str::to_owned),
            subject: text(HeaderName::Subject).map(str::to_owned),
        }
    }
}

/// Fills in sender, subject, and date from the lines of a header.
pub fn fill_summary(summary: &mut MailSummary, lines: &[u8]) {
    if let Some(header) = Header::new(lines, None).parse() {
        fill(summary, &header);
    }
}

/// Fills in sender, subject, and date.
pub(super) fn fill(summary: &mut MailSummary, header: &Message<'_>) {
    let from = first(header, &HeaderName::From).and_then(HeaderValue::as_address);
    summary.from = people(from);
    let subject = first(header, &HeaderName::Subject).and_then(HeaderValue::as_text);
    summary.subject = line(subject.unwrap_or_default());
    // Dates that do not exist have no time.
    let date = first(header, &HeaderName::Date).and_then(HeaderValue::as_datetime);
    let date = date.filter(|date| date.is_valid());
    summary.sent_at = date.map(|date| UnixTime(date.to_timestamp()));
}

/// Writes names and addresses as one line.
pub(super) fn people<'m>(fields: impl IntoIterator<Item = &'m Address<'m>>) -> String {
    let all = fields.into_iter().flat_map(Address::iter);
    let named = all.take(MAX_PEOPLE).filter_map(|one| {
        let name = one.name().map(str::trim).unwrap_or_default();
        let address = one.address().map(str::trim).unwrap_or_default();
        match (name.is_empty(), address.is_empty()) {
            (true, true) => None,
            (true, false) => Some(address.to_owned()),
            (false, true) => Some(name.to_owned()),
            (false, false) => Some(format!("{name} <{address}>")),
        }
    });
    line(&named.collect::<Vec<_>>().join(", "))
}

/// Returns text as one line of at most 300 characters. An ellipsis marks a truncated line.
pub fn line(text: &str) -> String {
    let mut line = untrusted::line(text, MAX_TEXT);
    if text.trim().chars().count() > MAX_TEXT {
        line.push('…');
    }
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_not_long() {
        assert_eq!(line(" a\r\n\tb\u{202e}\u{1b}[31m "), "a   b[31m");
        assert_eq!(line(&"x".repeat(1_000)).chars().count(), MAX_TEXT + 1);
    }
}
