//! Reports without a delivery status: those of qmail (QSBMF) and Exim.

use crate::mime::{Header, Structure};

use super::{FailedRecipient, MAX_RECIPIENTS, MAX_TEXT, addresses};

/// Local parts of addresses that mail servers send reports from.
const SERVERS: [&str; 4] = ["mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon"];
/// Texts of reports that are not about a final failure, in lower case.
const NOT_FINAL: [&str; 5] = [
    "will continue",
    "will keep trying",
    "has not yet been",
    "no action is required",
    "this is a warning message only",
];
/// Lines that precede the returned message in a report, in lower case.
const ENDS: [&str; 4] = [
    "--- below this line is a copy of the message",
    "------ this is a copy of",
    "--- enclosed is a copy of the message",
    "--- the message was sent",
];

/// Returns true if a message with this header, possibly truncated, may be a report.
pub(super) fn may_be_automatic(header: &[u8]) -> bool {
    let header = Header::new(header, None);
    header.fields().any(|(name, value)| {
        let value = value.to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "content-type" => ["multipart/report", "multipart/mixed", "delivery-status"]
                .iter()
                .any(|kind| value.contains(kind)),
            "from" => SERVERS.iter().any(|server| value.contains(server)),
            "return-path" => value.trim() == "<>",
            "auto-submitted" => value.trim() != "no",
            "x-failed-recipients" => true,
            _ => false,
        }
    })
}

/// Returns true for the header of a mail server's report.
pub(super) fn is_report(header: &[u8]) -> bool {
    let header = Header::new(header, None);
    header.fields().any(|(name, value)| {
        let value = value.to_ascii_lowercase();
        match name.to_ascii_lowercase().as_str() {
            "content-type" => value.contains("multipart/report"),
            "from" => SERVERS.iter().any(|server| value.contains(server)),
            _ => false,
        }
    })
}

/// Returns the recipients in a report of qmail or Exim.
pub(super) fn failed(structure: &Structure<'_>) -> Vec<FailedRecipient> {
    let text: Vec<_> = structure.texts().map(|part| part.text()).collect();
    let text = text.join("\n").replace("\r\n", "\n");
    let lower = text.to_ascii_lowercase();
    let end = ENDS.iter().filter_map(|end| lower.find(end)).min();
    let end = end.unwrap_or(text.len());
    let report = text.get(..end).unwrap_or(&text);
    let lower = report.to_ascii_lowercase();
    if NOT_FINAL.iter().any(|text| lower.contains(text)) {
        return Vec::new();
    }
    let is_qmail = lower.trim_start().starts_with("hi. this is the");
    if is_qmail {
        return of_qmail(report);
    }
    of_exim(structure.header(), report)
}

/// Reads paragraphs that begin with `<address>:` (QSBMF).
fn of_qmail(report: &str) -> Vec<FailedRecipient> {
    let paragraphs = report.split("\n\n").filter_map(|paragraph| {
        let paragraph = paragraph.trim();
        let (first, reason) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        let address = first.trim().strip_prefix('<')?.strip_suffix(">:")?;
        Some(recipient(address, reason))
    });
    paragraphs.take(MAX_RECIPIENTS).collect()
}

/// Reads the field X-Failed-Recipients, and the reasons below the addresses.
fn of_exim(header: &[u8], report: &str) -> Vec<FailedRecipient> {
    let header = Header::new(header, None);
    let fields = header.fields();
    let named = fields.filter(|(name, _)| name.eq_ignore_ascii_case("X-Failed-Recipients"));
    let values: Vec<_> = named.map(|(_, value)| value).collect();
    let addresses = values
        .iter()
        .flat_map(|value| value.split([',', '\r', '\n']));
    let addresses = addresses
        .map(str::trim)
        .filter(|address| !address.is_empty());
    let recipients = addresses.map(|address| {
        let mut paragraphs = report.split("\n\n");
        let own = paragraphs.find(|paragraph| {
            let first = paragraph.trim_start_matches('\n').lines().next();
            first.is_some_and(|first| first.trim().trim_matches(['<', '>', ':']) == address)
        });
        let reason = own.and_then(|own| own.trim().split_once('\n'));
        recipient(address, reason.map_or("", |(_, reason)| reason))
    });
    recipients.take(MAX_RECIPIENTS).collect()
}

fn recipient(address: &str, reason: &str) -> FailedRecipient {
    let words: Vec<_> = reason.split_whitespace().collect();
    let diagnostic = domain::untrusted::line(&words.join(" "), MAX_TEXT);
    // qmail appends the status: `(#5.1.1)`.
    let status = diagnostic
        .rsplit_once("(#")
        .and_then(|(_, rest)| rest.split_once(')'));
    FailedRecipient {
        addresses: addresses::parse(address).into_iter().collect(),
        status: status
            .map(|(status, _)| status.to_owned())
            .unwrap_or_default(),
        diagnostic,
        server: String::new(),
    }
}
