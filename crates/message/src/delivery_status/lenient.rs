//! Delivery statuses in messages whose multipart cannot be read, because a gateway has changed the
//! boundary or removed the type.

use super::plain;
use crate::mime::Structure;

/// The line before a delivery status, in lower case and without spaces.
const TYPES: [&str; 2] = [
    "content-type:message/delivery-status",
    "content-type:message/global-delivery-status",
];

/// Returns the lines of the first delivery status in a report of a mail server.
pub(super) fn status(structure: &Structure<'_>, raw: &[u8]) -> Option<String> {
    if !plain::is_report(structure.header()) {
        return None;
    }
    let text = String::from_utf8_lossy(raw);
    let mut lines = text.lines();
    lines.by_ref().find(|line| {
        let line: String = line.split_whitespace().collect();
        let line = line.to_ascii_lowercase();
        TYPES.iter().any(|kind| line.starts_with(kind))
    })?;
    let mut lines = lines.skip_while(|line| !line.trim().is_empty());
    let status: Vec<_> = lines
        .by_ref()
        .take_while(|line| !line.starts_with("--"))
        .collect();
    Some(status.join("\n"))
}

/// Returns what follows the first delivery status, without the soft line breaks of
/// quoted-printable.
pub(super) fn rest(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let lower = text.to_ascii_lowercase();
    let at = lower.find("delivery-status\n").unwrap_or(text.len());
    text.get(at..).unwrap_or_default().replace("=\n", "")
}
