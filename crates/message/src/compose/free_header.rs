//! Header fields that programs may add.

use domain::MessageFieldError;

use super::{header, list_field};

/// Fields that Mailgrant or mail servers write, and those that the API has a separate field for.
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
/// Prefixes of further reserved names.
const RESERVED_BEGINNINGS: &[&str] = &["arc-", "content-", "resent-", "x-mailgrant-"];

/// Checks that a program may add a field of this name.
///
/// # Errors
/// `NotAHeaderName`, `HeaderReserved`.
pub(super) fn name(name: &str) -> Result<(), MessageFieldError> {
    if !is_name(name.as_bytes()) || name.len() > 76 {
        return Err(MessageFieldError::NotAHeaderName);
    }
    let name = name.to_ascii_lowercase();
    let begins = |beginning: &&str| name.starts_with(*beginning);
    if RESERVED.contains(&&*name) || RESERVED_BEGINNINGS.iter().any(begins) {
        return Err(MessageFieldError::HeaderReserved);
    }
    Ok(())
}

/// Writes the value in ASCII, before it is folded.
pub(super) fn value(name: &str, value: &str) -> String {
    if list_field::is_one(name) {
        list_field::value(value)
    } else {
        header::text(value)
    }
}

/// Returns true for a `field-name` (RFC 5322 §2.2).
fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|b| b.is_ascii_graphic() && *b != b':')
}
