//! A mail in a list: a few header fields, each only so far, so that no mail makes the list large.

use std::num::NonZeroU32;

use domain::{MailSummary, UnixTime, untrusted};
use imap_codec::imap_types::{
    core::{AString, Atom, NonEmptyVec},
    fetch::{MessageDataItem, MessageDataItemName, Section},
    flag::{Flag, FlagFetch},
};
use mail_parser::{Address, HeaderName, HeaderValue, Message};

use super::session::{Fetched, Session};
use crate::mime::{Header, first};

/// Longest part of a header field that is asked for: bytes.
const FIELD_AT_MOST: NonZeroU32 = NonZeroU32::MIN.saturating_add(1_023);
/// Longest text that is shown of it: characters.
const TEXT_AT_MOST: usize = 300;
/// People that are named of an address field.
const PEOPLE_AT_MOST: usize = 20;

/// What is asked for of each mail. The fields one by one: a long one leaves room for the others.
pub(super) fn items() -> Vec<MessageDataItemName<'static>> {
    let field = |name: &'static str| MessageDataItemName::BodyExt {
        section: Some(Section::HeaderFields(
            None,
            NonEmptyVec::from(AString::Atom(Atom::unvalidated(name).into())),
        )),
        partial: Some((0, FIELD_AT_MOST)),
        peek: true,
    };
    vec![
        MessageDataItemName::Uid,
        MessageDataItemName::Flags,
        MessageDataItemName::InternalDate,
        MessageDataItemName::Rfc822Size,
        field("FROM"),
        field("SUBJECT"),
        field("DATE"),
    ]
}

impl Session {
    /// The mail that something was told of; `None` when that was not what [`items`] asks for.
    pub(super) fn summary(&self, told: &Fetched) -> Option<MailSummary> {
        let mut summary = MailSummary::of(self.id(told.uid()?));
        let mut head = Vec::new();
        for item in &told.items {
            match item {
                MessageDataItem::Rfc822Size(size) => summary.size = *size,
                MessageDataItem::InternalDate(date) => {
                    summary.received_at = Some(UnixTime(date.as_ref().timestamp()));
                }
                MessageDataItem::Flags(flags) => {
                    let has = |flag| flags.contains(&FlagFetch::Flag(flag));
                    summary.seen = has(Flag::Seen);
                    summary.answered = has(Flag::Answered);
                    summary.flagged = has(Flag::Flagged);
                }
                MessageDataItem::BodyExt { data, .. } => {
                    if let Some(field) = &data.0 {
                        head.extend_from_slice(field.as_ref().trim_ascii_end());
                        head.extend_from_slice(b"\r\n");
                    }
                }
                _ => {}
            }
        }
        head.extend_from_slice(b"\r\n");
        if let Some(header) = Header::new(&head, None).parse() {
            fill(&mut summary, &header);
        }
        Some(summary)
    }
}

/// Puts in the fields of a header.
pub(super) fn fill(summary: &mut MailSummary, header: &Message<'_>) {
    let from = first(header, &HeaderName::From).and_then(HeaderValue::as_address);
    summary.from = people(from);
    let subject = first(header, &HeaderName::Subject).and_then(HeaderValue::as_text);
    summary.subject = line(subject.unwrap_or_default());
    // Days that are none have no place in time.
    let date = first(header, &HeaderName::Date).and_then(HeaderValue::as_datetime);
    let date = date.filter(|date| date.is_valid());
    summary.sent_at = date.map(|date| UnixTime(date.to_timestamp()));
}

/// Names and addresses, as a line.
pub(super) fn people<'m>(fields: impl IntoIterator<Item = &'m Address<'m>>) -> String {
    let all = fields.into_iter().flat_map(Address::iter);
    let named = all.take(PEOPLE_AT_MOST).filter_map(|one| {
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

/// One line that is not too long; an ellipsis shows where it was cut.
pub(super) fn line(text: &str) -> String {
    let mut line = untrusted::line(text, TEXT_AT_MOST);
    if text.trim().chars().count() > TEXT_AT_MOST {
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
        assert_eq!(line(&"x".repeat(1_000)).chars().count(), TEXT_AT_MOST + 1);
    }
}
