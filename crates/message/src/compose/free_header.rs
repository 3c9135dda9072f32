//! Header fields that programs may add.

use domain::FieldError;

use super::{header, list_field};

/// What is written by Mailgrant, has a field of its own, or belongs to mail servers.
const RESERVED: &[&str] = &[
    "apparently-to",
    "authentication-results",
    "bcc",
    "cc",
    "date",
    "delivered-to",
    "dkim-signature",
    "domainkey-signature",
    "envelope-to",
    "from",
    "message-id",
    "mime-version",
    "received",
    "received-spf",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "x-original-to",
];
/// How names begin that are reserved as well.
const RESERVED_BEGINNINGS: &[&str] = &["arc-", "content-", "resent-", "x-mailgrant-"];

/// Whether this may be added.
///
/// # Errors
/// `NotAHeaderName`, `HeaderReserved`.
pub(super) fn name(name: &str) -> Result<(), FieldError> {
    if !is_name(name.as_bytes()) || name.len() > 76 {
        return Err(FieldError::NotAHeaderName);
    }
    let name = name.to_ascii_lowercase();
    let begins = |beginning: &&str| name.starts_with(*beginning);
    if RESERVED.contains(&&*name) || RESERVED_BEGINNINGS.iter().any(begins) {
        return Err(FieldError::HeaderReserved);
    }
    Ok(())
}

/// The value in ASCII, before it is folded.
pub(super) fn value(name: &str, value: &str) -> String {
    if list_field::is_one(name) {
        list_field::value(value)
    } else {
        header::text(value)
    }
}

/// `field-name` of RFC 5322 §2.2.
fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|b| b.is_ascii_graphic() && *b != b':')
}
