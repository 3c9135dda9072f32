//! Header fields: adds missing ones, merges repeated ones, and encodes those that are not ASCII.

use domain::{EmailAddress, FromAddress, UnixTime};

use super::{
    RawMessage, build,
    charset::Charset,
    header::{self, MAX_LINE},
    list_field,
    parameters::Parameters,
    raw_message::{clean, decoded},
    trace,
};

/// Fields with addresses (RFC 5322 §3.6.2, 3.6.3, 3.6.6, RFC 8098 §2.1).
const ADDRESSES: [&str; 12] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Resent-From",
    "Resent-Sender",
    "Resent-To",
    "Resent-Cc",
    "Resent-Bcc",
    "Disposition-Notification-To",
];
/// Fields that may occur once (RFC 5322 §3.6) and hold lists: several are merged.
const MERGED: [&str; 4] = ["Reply-To", "To", "Cc", "Bcc"];
/// Fields that may occur once, of which the first counts (RFC 5322 §3.6, RFC 2045 §3, RFC 2183 §2).
const ONCE: [&str; 13] = [
    "Date",
    "From",
    "Sender",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-ID",
    "Content-Description",
    "Content-Disposition",
];

/// Returns true for fields with addresses.
pub(crate) fn is_address_field(name: &str) -> bool {
    ADDRESSES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// Merges or removes repeated fields that may occur only once.
pub(super) fn keep_once(message: &mut RawMessage) {
    for name in ONCE {
        message.keep_first(name);
    }
    for name in MERGED {
        if message.count(name) > 1 {
            merge(message, name);
        }
    }
}

fn merge(message: &mut RawMessage, name: &str) {
    let mut values: Vec<String> = Vec::new();
    for value in message.values(name) {
        let value = clean(&decoded(&value));
        if !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
    }
    let all = message.mailboxes(name);
    message.set_line(name, &header::line(name, &values.join(", ")));
    let merged = message.mailboxes(name);
    let is_same =
        all.iter().all(|one| merged.contains(one)) && merged.iter().all(|one| all.contains(one));
    if is_same {
        return;
    }
    // An unterminated value would absorb the next one.
    let mut parsed: Vec<FromAddress> = Vec::new();
    for (name, address) in all {
        let Ok(address) = EmailAddress::parse(&address) else {
            continue;
        };
        if parsed.iter().all(|known| known.address != address) {
            parsed.push(FromAddress { name, address });
        }
    }
    if parsed.is_empty() {
        let first = values.first().map(String::as_str).unwrap_or_default();
        message.set_line(name, &header::line(name, first));
    } else {
        message.set_mailboxes(name, &parsed);
    }
}

/// Removes trace and signature fields that are not well-formed.
pub(super) fn keep_well_formed(message: &mut RawMessage) {
    message.keep_if("Received", trace::is_received);
    message.keep_if("DKIM-Signature", trace::is_dkim_signature);
}

/// Adds Message-ID and `Date` if they are missing or malformed. Returns the Message-ID.
pub(super) fn identify(message: &mut RawMessage, from: &FromAddress, now: UnixTime) -> String {
    // Some programs read the next field as part of a malformed date.
    if !message
        .values("Date")
        .first()
        .is_some_and(|date| trace::is_date(date))
    {
        message.set_line("Date", &header::line("Date", &build::date(now)));
    }
    let written = message.values("Message-ID").into_iter().next();
    let written = written.and_then(|value| String::from_utf8(value).ok());
    if let Some(id) = written.filter(|id| is_message_id(id)) {
        return id;
    }
    let id = build::new_message_id(&from.address);
    message.set_line("Message-ID", &header::line("Message-ID", &id));
    id
}

/// Returns true for a `msg-id` (RFC 5322 §3.6.4), without checking its two sides in detail.
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

/// Decodes the subject for display.
pub(super) fn subject_text(value: &[u8]) -> String {
    unstructured(value).chars().take(998).collect()
}

/// Decodes the encoded words of a value.
fn unstructured(value: &[u8]) -> String {
    let mut text = b"Subject: ".to_vec();
    text.extend_from_slice(decoded(value).as_bytes());
    text.extend_from_slice(b"\r\n\r\n");
    let parsed = mail_parser::MessageParser::default().parse_headers(&text);
    let subject = parsed.as_ref().and_then(|parsed| parsed.subject());
    clean(subject.unwrap_or_default())
}

/// Encodes header fields in ASCII, without control characters and in lines that are not too long.
/// Text becomes encoded words (RFC 2047), parameters of MIME fields are encoded by RFC 2231, URLs
/// stay URLs. Returns true if anything changed.
pub(in crate::compose) fn encode(message: &mut RawMessage, charset: Charset) -> bool {
    let is_decoded = message.has_raw_fields();
    if is_decoded {
        message.decode_fields(charset);
    }
    let copy = message.clone();
    let changed = message.map_fields(|name, raw| {
        let is_good = raw
            .iter()
            .all(|b| (b' '..=b'~').contains(b) || b"\t\r\n".contains(b))
            && raw
                .split(|b| *b == b'\n')
                .all(|line| line.len() <= MAX_LINE + 1);
        if is_good {
            return None;
        }
        let value = &raw[name.len() + 1..];
        let value: Vec<u8> = value
            .iter()
            .copied()
            .filter(|b| !b"\r\n".contains(b))
            .collect();
        let value = in_ascii(&copy, name, &value);
        Some(header::line(name, &value).into_bytes())
    });
    changed || is_decoded
}

fn in_ascii(message: &RawMessage, name: &str, value: &[u8]) -> String {
    let text = clean(&decoded(value));
    let is = |known: &&str| known.eq_ignore_ascii_case(name);
    if is_address_field(name) {
        let mailboxes = message.mailboxes(name).into_iter();
        let all: Option<Vec<_>> = mailboxes
            .map(|(name, address)| {
                let address = EmailAddress::parse(&address).ok()?;
                Some(FromAddress { name, address })
            })
            .collect();
        return all.map_or_else(|| header::text(&text), |all| header::mailboxes(&all));
    }
    if ["Content-Type", "Content-Disposition"].iter().any(is) {
        return Parameters::parse(&text).to_ascii();
    }
    if list_field::is_one(name) {
        return list_field::value(&text);
    }
    if text.is_ascii() && header::fits(&text) {
        return text;
    }
    let about_contents = name
        .get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("content-"));
    if about_contents && !name.eq_ignore_ascii_case("Content-Description") {
        // None of them holds text.
        return text.chars().filter(char::is_ascii).collect();
    }
    // Encoded words among the text stay what they say.
    header::text(&unstructured(text.as_bytes()))
}
