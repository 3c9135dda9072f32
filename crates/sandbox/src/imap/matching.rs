//! Matching of messages with the criteria of SEARCH.

use imap_codec::imap_types::search::SearchKey;

use crate::mail::Stored;

/// Returns true if a message matches a key. Supports keys that only depend on the message.
pub(super) fn fits(message: &Stored, key: &SearchKey<'_>) -> bool {
    let in_field = |name: &[u8], wanted: &[u8]| {
        header(message, name).is_some_and(|text| contains(&text, wanted))
    };
    match key {
        SearchKey::Header(name, value) => in_field(name.as_ref(), value.as_ref()),
        SearchKey::From(value) => in_field(b"From", value.as_ref()),
        SearchKey::To(value) => in_field(b"To", value.as_ref()),
        SearchKey::Subject(value) => in_field(b"Subject", value.as_ref()),
        SearchKey::Text(value) | SearchKey::Body(value) => {
            contains(&String::from_utf8_lossy(&message.raw), value.as_ref())
        }
        SearchKey::Since(day) => day
            .as_ref()
            .and_hms_opt(0, 0, 0)
            .is_some_and(|day| message.received_at.cast_signed() >= day.and_utc().timestamp()),
        SearchKey::Seen => message.is_seen(),
        SearchKey::Unseen => !message.is_seen(),
        SearchKey::Answered
        | SearchKey::Deleted
        | SearchKey::Draft
        | SearchKey::Flagged
        | SearchKey::Recent
        | SearchKey::New => false,
        _ => true,
    }
}

/// Returns a header field, unfolded and with its encoded words decoded.
fn header(message: &Stored, name: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(message.head()).replace("\r\n", "\n");
    let head = text.split("\n\n").next()?.replace("\n ", " ");
    let name = String::from_utf8_lossy(name).into_owned();
    let value = head.replace("\n\t", " ").lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known
            .eq_ignore_ascii_case(&name)
            .then(|| value.trim().to_owned())
    })?;
    // Every unstructured field is decoded alike (RFC 2047 §5).
    let field = format!("Subject: {value}\r\n\r\n");
    let decoded = mail_parser::MessageParser::default().parse_headers(&field)?;
    Some(decoded.subject().unwrap_or(&value).to_owned())
}

fn contains(text: &str, wanted: &[u8]) -> bool {
    let wanted = String::from_utf8_lossy(wanted).to_lowercase();
    text.to_lowercase().contains(&wanted)
}
