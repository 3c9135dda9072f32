//! Header fields: what is missing is added, what is not fit is encoded.

use domain::{EmailAddress, FromAddress, UnixTime};

use super::RawMessage;
use crate::compose::{
    build,
    header::{self, LINE},
    raw_message::{clean, decoded},
};

/// Fields that hold addresses (RFC 5322 §3.6.2, 3.6.3, 3.6.6).
const ADDRESSES: [&str; 8] = [
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Resent-From",
    "Resent-Sender",
    "Resent-To",
    "Resent-Cc",
];
/// Fields that may be there once, whose first one counts (RFC 5322 §3.6).
const ONCE: [&str; 3] = ["Date", "Message-ID", "Subject"];

/// Returns true for fields that hold addresses.
pub(crate) fn is_address_field(name: &str) -> bool {
    let mut known = ADDRESSES.iter().chain(&["From"]);
    known.any(|known| known.eq_ignore_ascii_case(name))
}

/// Of fields that may be there once, the first counts.
pub(super) fn keep_first(message: &mut RawMessage) {
    for name in ONCE {
        if message.count(name) > 1 {
            let first = message.values(name).swap_remove(0);
            let value = header::text(&clean(&decoded(&first)));
            message.set_line(name, &header::line(name, &value));
        }
    }
}

/// Its Message-ID, and adds that and `Date` when they are missing.
pub(super) fn identify(message: &mut RawMessage, from: &FromAddress, now: UnixTime) -> String {
    // Some programs take what follows for a part of a date that they cannot read.
    if !message
        .values("Date")
        .first()
        .is_some_and(|date| is_date(date))
    {
        message.set_line("Date", &header::line("Date", &build::date(now)));
    }
    let written = message.values("Message-ID").into_iter().next();
    let written = written.and_then(|value| String::from_utf8(value).ok());
    if let Some(id) = written.filter(|id| is_message_id(id)) {
        return id;
    }
    let id = build::new_message_id(from);
    message.set_line("Message-ID", &header::line("Message-ID", &id));
    id
}

fn is_date(value: &[u8]) -> bool {
    let text = [b"Date: ", value, b"\r\n\r\n"].concat();
    let parsed = mail_parser::MessageParser::default().parse_headers(&text);
    value.is_ascii()
        && parsed.is_some_and(|parsed| parsed.date().is_some_and(mail_parser::DateTime::is_valid))
}

/// `msg-id` of RFC 5322 §3.6.4, without looking closely at its two sides.
fn is_message_id(id: &str) -> bool {
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    inner.is_some_and(|inner| {
        let good = |b: u8| b.is_ascii_graphic() && !b"<>".contains(&b);
        inner.len() <= 250
            && inner.bytes().all(good)
            && inner
                .split_once('@')
                .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty())
    })
}

/// The subject for people.
pub(super) fn subject_text(value: &[u8]) -> String {
    let mut text = b"Subject: ".to_vec();
    text.extend_from_slice(decoded(value).as_bytes());
    text.extend_from_slice(b"\r\n\r\n");
    let parsed = mail_parser::MessageParser::default().parse_headers(&text);
    let subject = parsed.as_ref().and_then(|parsed| parsed.subject());
    clean(subject.unwrap_or_default())
        .chars()
        .take(998)
        .collect()
}

/// Header fields are in ASCII, without control characters and in lines that are not too long: what is not becomes encoded
/// words (RFC 2047). Fields about contents have another encoding for their parameters and stay as they are.
pub(super) fn make_ascii(message: &mut RawMessage) {
    let copy = message.clone();
    message.map_fields(|name, raw| {
        let is_good = raw
            .iter()
            .all(|b| (b' '..=b'~').contains(b) || b"\t\r\n".contains(b))
            && raw
                .split(|b| *b == b'\n')
                .all(|line| line.len() <= LINE + 1);
        let about_contents = name
            .get(..8)
            .is_some_and(|start| start.eq_ignore_ascii_case("content-"));
        if is_good || (about_contents && !raw.contains(&0)) {
            return None;
        }
        let value: Vec<u8> = raw[name.len() + 1..].to_vec();
        let text = clean(&decoded(&value).replace("\r\n", ""));
        let value = if is_address_field(name) {
            let all: Option<Vec<_>> = copy
                .mailboxes(name)
                .into_iter()
                .map(|(name, address)| {
                    let address = EmailAddress::parse(&address).ok()?;
                    Some(FromAddress { name, address })
                })
                .collect();
            all.map_or_else(|| header::text(&text), |all| header::mailboxes(&all))
        } else if text.is_ascii() && header::fits(&text) {
            text
        } else {
            header::text(&text)
        };
        Some(header::line(name, &value).into_bytes())
    });
}
