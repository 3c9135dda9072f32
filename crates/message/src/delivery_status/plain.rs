//! Reports without a delivery status, or without recipients in it: those of qmail (QSBMF), Exim,
//! Gmail, Yahoo, GMX, Zoho, and others.

use crate::mime::{Header, Structure};

use super::{FailedRecipient, MAX_RECIPIENTS, MAX_TEXT, addresses};

/// Local parts of addresses that mail servers send reports from.
const SERVERS: [&str; 4] = ["mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon"];
/// Texts of reports that are no final failure, in lower case.
const NOT_FINAL: [&str; 7] = [
    "will continue",
    "will retry",
    "is delayed",
    "will keep trying",
    "has not yet been",
    "no action is required",
    "this is a warning message only",
];
/// Lines after which a report has the returned message, in lower case.
const ENDS: [&str; 5] = [
    "--- below this line is a copy of the message",
    "------ this is a copy of",
    "--- enclosed is a copy of the message",
    "--- the message was sent",
    "----- original message -----",
];

/// Texts above paragraphs about recipients, in lower case.
const PARAGRAPHS: [&str; 3] = [
    "unable to deliver your message to the following address",
    "unable to deliver message to the following address",
    "the following address failed:",
];
/// Words in a line above a list of recipients, in lower case.
const LISTS: [(&str, &str); 4] = [
    ("delivery to the following recipient", "failed permanently"),
    ("the following addresses had", "permanent"),
    ("could not be delivered", "this is a permanent error."),
    ("the following list of recipients:", ""),
];
/// Lines above the reason for all recipients of a report, in lower case, the best first.
const REASONS: [&str; 3] = [
    "the error that the other server returned was:",
    "the response was:",
    "technical details of permanent failure:",
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

/// Returns the recipients in a report.
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
    if lower.trim_start().starts_with("hi. this is the") {
        return of_paragraphs(report);
    }
    let named = of_exim(structure.header(), report);
    if !named.is_empty() || !is_report(structure.header()) {
        return named;
    }
    let words: Vec<_> = lower.split_whitespace().collect();
    let words = words.join(" ");
    if PARAGRAPHS.iter().any(|text| words.contains(text)) {
        of_paragraphs(report)
    } else {
        of_list(report)
    }
}

/// Reads paragraphs that begin with `<address>:` (QSBMF), or with `"address":` (GMX).
fn of_paragraphs(report: &str) -> Vec<FailedRecipient> {
    let paragraphs = report.split("\n\n").filter_map(|paragraph| {
        let paragraph = paragraph.trim();
        let (first, reason) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
        let address = first.trim().strip_prefix(['<', '"'])?;
        let address = address.strip_suffix(">:").or(address.strip_suffix("\":"))?;
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
        let own = own.and_then(|own| own.trim().split_once('\n'));
        let own = own.map(|(_, reason)| reason);
        recipient(address, own.unwrap_or_else(|| common_reason(report)))
    });
    recipients.take(MAX_RECIPIENTS).collect()
}

/// Reads the addresses below a line such as `Delivery to the following recipients failed
/// permanently:`. Each begins a line, and the reason may follow (Gmail, X3, sendmail, Zoho, `OpenSMTPD`).
fn of_list(report: &str) -> Vec<FailedRecipient> {
    let is_heading = |line: &str| {
        let line = line.to_ascii_lowercase();
        let mut headings = LISTS.iter();
        headings.any(|(start, end)| line.contains(start) && line.contains(end))
    };
    let mut lines = report.lines().map(str::trim);
    if !lines.any(is_heading) {
        return Vec::new();
    }
    // Reasons and aliases are in parentheses.
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('('));
    let items = lines.map_while(|line| {
        let item = line.trim_start_matches(['*', '-', ' ']);
        let (address, reason) = item.split_once(' ').unwrap_or((item, ""));
        let address = address.trim_end_matches(':');
        addresses::parse(address).map(|_| (address, reason))
    });
    let recipients = items.map(|(address, reason)| match reason {
        "" => recipient(address, common_reason(report)),
        reason => recipient(address, reason),
    });
    recipients.take(MAX_RECIPIENTS).collect()
}

/// Returns the text below a line that announces the reason.
fn common_reason(report: &str) -> &str {
    let lower = report.to_ascii_lowercase();
    let mut ends = REASONS
        .iter()
        .filter_map(|line| Some(lower.find(line)? + line.len()));
    let end = ends.next().unwrap_or(report.len());
    report.get(end..).unwrap_or_default()
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
