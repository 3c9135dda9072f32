//! Delivery status notifications (RFC 3464, in multipart/report of RFC 6522).

use domain::{EmailAddress, untrusted::is_displayable};
use mail_parser::{HeaderName, HeaderValue};

use crate::mime::{Header, Part, Structure, first};

/// Recipients of one notification that are read.
const MAX_RECIPIENTS: usize = 1_000;
/// Message-IDs of one notification that are returned.
const MAX_IDS: usize = 10;
/// Longest text of a server that is kept: characters.
const MAX_TEXT: usize = 1_000;

/// The failures that a delivery status notification reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryStatus {
    /// Message-IDs of the undelivered message, with angle brackets, the most reliable first.
    pub message_ids: Vec<String>,
    /// The recipients that delivery has failed for permanently.
    pub failed: Vec<FailedRecipient>,
}

/// A recipient for whom delivery has failed (RFC 3464 §2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailedRecipient {
    /// The addresses of Original-Recipient and Final-Recipient.
    pub addresses: Vec<EmailAddress>,
    /// The enhanced status code, such as `5.1.1`.
    pub status: String,
    /// The Diagnostic-Code without its type.
    pub diagnostic: String,
    /// The server that refused the message: Remote-MTA, else Reporting-MTA.
    pub server: String,
}

impl DeliveryStatus {
    /// Reads a message; `None` if it is no delivery status notification or reports no failure. Accepts any input.
    pub fn read(raw: &[u8]) -> Option<Self> {
        let structure = Structure::of(raw);
        let status = structure
            .parts()
            .find(|part| is(part, &["delivery-status"]));
        let failed = failed(&text_of(&status.filter(|_| structure.is_multipart())?));
        if failed.is_empty() {
            return None;
        }
        Some(Self {
            message_ids: message_ids(&structure),
            failed,
        })
    }
}

fn is(part: &Part<'_, '_>, subtypes: &[&str]) -> bool {
    subtypes.contains(&part.media_type().1)
}

fn text_of(part: &Part<'_, '_>) -> String {
    String::from_utf8_lossy(&part.content()).into_owned()
}

/// Returns the Message-IDs of the returned message or its header, then those that the notification refers to.
fn message_ids(structure: &Structure<'_>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut add = |id: &str| {
        let id = id.trim().trim_matches(['<', '>']);
        let id = ["<", id, ">"].concat();
        let is_plain = id.len() > 2 && id.len() < 1_000 && id.chars().all(is_displayable);
        if is_plain && ids.len() < MAX_IDS && !ids.contains(&id) {
            ids.push(id);
        }
    };
    let mut add_all = |lines: &[u8], names: &[HeaderName<'_>]| {
        let header = Header::new(lines, None);
        let Some(header) = header.parse() else { return };
        for name in names {
            let field = first(&header, name).and_then(HeaderValue::as_text_list);
            field.unwrap_or_default().iter().for_each(|id| add(id));
        }
    };
    let returned = ["rfc822", "global", "rfc822-headers"];
    for part in structure.parts().filter(|part| is(part, &returned)) {
        let content = part.content();
        add_all(Structure::of(&content).header(), &[HeaderName::MessageId]);
    }
    add_all(
        structure.header(),
        &[HeaderName::InReplyTo, HeaderName::References],
    );
    ids
}

/// Reads the groups of fields of recipients whose Action is `failed`.
fn failed(text: &str) -> Vec<FailedRecipient> {
    let text = text.replace("\r\n", "\n");
    let mut groups = text.split("\n\n").map(fields);
    let about_message = groups.next().unwrap_or_default();
    let reporting = typed(value(&about_message, "reporting-mta")).to_owned();
    groups
        .filter(|group| value(group, "action").eq_ignore_ascii_case("failed"))
        .take(MAX_RECIPIENTS)
        .map(|group| {
            let addresses = ["original-recipient", "final-recipient"];
            let addresses = addresses.map(|name| EmailAddress::parse(typed(value(&group, name))));
            let remote = typed(value(&group, "remote-mta"));
            FailedRecipient {
                addresses: addresses.into_iter().flatten().collect(),
                status: value(&group, "status")
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                diagnostic: typed(value(&group, "diagnostic-code")).to_owned(),
                server: if remote.is_empty() {
                    &reporting
                } else {
                    remote
                }
                .to_owned(),
            }
        })
        .collect()
}

/// Returns names in lower case and unfolded values, without characters that are not displayable.
fn fields(group: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in group.lines() {
        let clean: String = line
            .chars()
            .map(|c| if is_displayable(c) { c } else { ' ' })
            .take(MAX_TEXT)
            .collect();
        let folded = clean.starts_with(' ');
        match (fields.last_mut(), clean.split_once(':')) {
            (Some((_, value)), _) if folded && value.chars().count() < MAX_TEXT => {
                value.push(' ');
                value.push_str(clean.trim());
            }
            (_, Some((name, value))) if !folded => {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
            _ => {}
        }
    }
    fields
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(own, _)| own == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// Returns the value after its type: `smtp;`, `rfc822;`, or `dns;`.
fn typed(value: &str) -> &str {
    value.split_once(';').map_or(value, |(_, rest)| rest).trim()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As Postfix writes it.
    const POSTFIX: &str = "From: MAILER-DAEMON@mx.example.com (Mail Delivery System)\r\n\
        Subject: Undelivered Mail Returned to Sender\r\n\
        To: alice@example.com\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: multipart/report; report-type=delivery-status;\r\n\
        \tboundary=\"B\"\r\n\
        Message-Id: <returned@mx.example.com>\r\n\
        \r\n\
        --B\r\n\
        Content-Type: text/plain; charset=us-ascii\r\n\
        \r\n\
        <bob@example.net>: host mx.example.net said: 550 5.1.1 No such user\r\n\
        \r\n\
        --B\r\n\
        Content-Description: Delivery report\r\n\
        Content-Type: message/delivery-status\r\n\
        \r\n\
        Reporting-MTA: dns; mx.example.com\r\n\
        X-Postfix-Sender: rfc822; alice@example.com\r\n\
        \r\n\
        Final-Recipient: rfc822; bob@example.net\r\n\
        Original-Recipient: rfc822;robert@example.net\r\n\
        Action: failed\r\n\
        Status: 5.1.1\r\n\
        Remote-MTA: dns; mx.example.net\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 No such\r\n\
        \x20   user\r\n\
        \r\n\
        Final-Recipient: rfc822; carol@example.net\r\n\
        Action: delayed\r\n\
        Status: 4.4.1\r\n\
        \r\n\
        --B\r\n\
        Content-Type: RETURNED\r\n\
        \r\n\
        Message-ID: <1@example.com>\r\n\
        Subject: Hello\r\n\
        \r\n\
        Hi\r\n\
        --B--\r\n";

    fn returned_as(kind: &str) -> String {
        POSTFIX.replace("RETURNED", kind)
    }

    #[test]
    fn reads_who_did_not_get_which_message_and_why() {
        for kind in [
            "message/rfc822",
            "text/rfc822-headers",
            "message/rfc822-headers",
        ] {
            let report = DeliveryStatus::read(returned_as(kind).as_bytes()).unwrap();
            assert_eq!(report.message_ids, ["<1@example.com>"], "{kind}");
            let addresses = ["robert@example.net", "bob@example.net"];
            assert_eq!(
                report.failed,
                [FailedRecipient {
                    addresses: addresses
                        .map(|one| EmailAddress::parse(one).unwrap())
                        .to_vec(),
                    status: "5.1.1".into(),
                    diagnostic: "550 5.1.1 No such user".into(),
                    server: "mx.example.net".into(),
                }],
                "{kind}"
            );
        }
    }

    #[test]
    fn finds_the_message_in_a_header_that_ends_with_its_last_line() {
        let raw = returned_as("text/rfc822-headers").replace("Subject: Hello\r\n\r\nHi\r\n", "");
        let report = DeliveryStatus::read(raw.as_bytes()).unwrap();
        assert_eq!(report.message_ids, ["<1@example.com>"]);
    }

    #[test]
    fn finds_the_message_by_references_when_it_was_not_returned() {
        let raw = returned_as("text/plain").replace(
            "MIME-Version",
            "In-Reply-To: <1@example.com>\r\nReferences: <0@example.com> <1@example.com>\r\nMIME-Version",
        );
        let report = DeliveryStatus::read(raw.as_bytes()).unwrap();
        assert_eq!(report.message_ids, ["<1@example.com>", "<0@example.com>"]);
    }

    #[test]
    fn what_tells_of_no_failure_is_none() {
        let delayed = returned_as("message/rfc822").replace("failed", "delayed");
        assert_eq!(DeliveryStatus::read(delayed.as_bytes()), None);
        let plain = "Subject: Action: failed\r\n\r\nAction: failed\r\n";
        assert_eq!(DeliveryStatus::read(plain.as_bytes()), None);
        assert_eq!(DeliveryStatus::read(b""), None);
    }

    #[test]
    fn messages_within_messages_do_not_end_the_process() {
        for line in [
            "Content-Type: message/rfc822\n\n",
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
        ] {
            let raw = returned_as("message/rfc822").replace("Subject: Hello", &line.repeat(20_000));
            let report = DeliveryStatus::read(raw.as_bytes()).unwrap();
            assert_eq!(report.message_ids, ["<1@example.com>"]);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_what_is_read_of_it_is_short_and_plain(
            start in 0_usize..POSTFIX.len(),
            end in 0_usize..POSTFIX.len(),
            garbage in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let whole = returned_as("message/rfc822").into_bytes();
            let mut raw = whole[..start.min(whole.len())].to_vec();
            raw.extend(&garbage);
            raw.extend(&whole[end.min(whole.len())..]);
            // Debug assertions of the parser may panic; callers read mail in tasks of their own.
            if let Ok(Some(report)) = std::panic::catch_unwind(|| DeliveryStatus::read(&raw)) {
                prop_assert!(report.message_ids.len() <= MAX_IDS);
                for failed in report.failed {
                    let text = [failed.status, failed.diagnostic, failed.server].concat();
                    prop_assert!(!text.contains(char::is_control));
                }
            }
        }
    }
}
