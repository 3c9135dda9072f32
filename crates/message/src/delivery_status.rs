//! Reports about mail that could not be delivered: delivery status notifications (RFC 3464, also
//! those of RFC 6533), and those without one, or without recipients in it, that name the recipients
//! in a fixed form, as qmail, Exim, and Gmail do.
//!
//! Only final failures count, not reports about delays, deliveries, or relaying, spam complaints
//! (ARF), or automatic replies.

mod addresses;
mod fields;
mod lenient;
mod message_ids;
mod plain;
mod provider_ids;

use domain::EmailAddress;

use crate::mime::{Part, Structure};
use fields::Fields;
pub use provider_ids::provider_ids;

/// Maximum number of recipients read from one report.
const MAX_RECIPIENTS: usize = 1_000;
/// Maximum length in characters of a server's text.
const MAX_TEXT: usize = 1_000;

/// The failures in a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryStatus {
    /// Message-IDs of the undelivered message, with angle brackets, the most reliable first.
    pub message_ids: Vec<String>,
    /// Identifiers that the provider may have given the message when it accepted it, as
    /// [`provider_ids()`] returns them.
    pub provider_ids: Vec<String>,
    /// The recipients for whom delivery has failed permanently.
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
    /// The server that refused the message: Remote-MTA, or Reporting-MTA if it is missing.
    pub server: String,
}

impl DeliveryStatus {
    /// Reads a message. Returns `None` if it reports no failure. Accepts any input.
    pub fn read(raw: &[u8]) -> Option<Self> {
        let structure = Structure::of(raw);
        let parts: Vec<_> = structure.parts().collect();
        // Spam complaints may contain a copy of a delivery status.
        if parts.iter().any(|part| is(part, &["feedback-report"])) {
            return None;
        }
        let status = parts.iter().position(|part| is(part, &STATUS));
        let text = status.and_then(|at| parts.get(at)).map(text_of);
        let text = text.filter(|_| structure.is_multipart());
        let text = text.or_else(|| lenient::status(&structure, raw));
        let about = text.as_deref().map(Fields::parse).unwrap_or_default();
        // Some delivery statuses are only about the message (Google, X3).
        let mut failed = if about.recipients.is_empty() {
            plain::failed(&structure)
        } else {
            failed(&about)
        };
        if failed.is_empty() {
            return None;
        }
        name_by_text(&mut failed, &structure);
        let ids = message_ids::of(&structure, raw, status, &about);
        Some(Self {
            message_ids: ids.message_ids,
            provider_ids: ids.provider_ids,
            failed,
        })
    }

    /// Returns true if a message with this header, or this start of a header, may be a report.
    /// Other messages need not be fetched.
    pub fn may_be(header: &[u8]) -> bool {
        plain::may_be_automatic(header)
    }
}

const STATUS: [&str; 2] = ["delivery-status", "global-delivery-status"];

fn is(part: &Part<'_, '_>, subtypes: &[&str]) -> bool {
    subtypes.contains(&part.media_type().1)
}

fn text_of(part: &Part<'_, '_>) -> String {
    String::from_utf8_lossy(&part.content()).into_owned()
}

/// Returns the recipients that a delivery status reports as failed.
fn failed(status: &Fields) -> Vec<FailedRecipient> {
    let reporting = status.message.typed("reporting-mta");
    let failed = status.recipients.iter().filter(|group| has_failed(group));
    let recipients = failed.take(MAX_RECIPIENTS).map(|group| {
        let names = [
            "original-recipient",
            "final-recipient",
            "x-actual-recipient",
        ];
        let addresses = names.map(|name| addresses::parse(group.value(name)));
        let mut addresses: Vec<_> = addresses.into_iter().flatten().collect();
        addresses.dedup();
        let remote = group.typed("remote-mta");
        FailedRecipient {
            addresses,
            status: group.status().to_owned(),
            diagnostic: group.typed("diagnostic-code").to_owned(),
            server: if remote.is_empty() { reporting } else { remote }.to_owned(),
        }
    });
    recipients.collect()
}

/// Adds the addresses in the header or text to the only recipient without an address. Exim names a
/// file or a command that an address leads to, sendmail a route.
fn name_by_text(failed: &mut [FailedRecipient], structure: &Structure<'_>) {
    let (mut unnamed, named): (Vec<_>, Vec<_>) =
        failed.iter_mut().partition(|one| one.addresses.is_empty());
    if let [recipient] = &mut unnamed[..] {
        let known =
            |address: &EmailAddress| named.iter().any(|one| one.addresses.contains(address));
        let others = plain::failed(structure).into_iter();
        let addresses = others.flat_map(|other| other.addresses);
        recipient.addresses = addresses.filter(|address| !known(address)).collect();
    }
}

/// Returns true if Action says so (RFC 3464 §2.3.3), in any of the forms in use. Without Action, the
/// status decides.
fn has_failed(group: &fields::Group) -> bool {
    let action = group.value("action").to_ascii_lowercase();
    let word = action.split(|c: char| !c.is_ascii_alphabetic()).next();
    match word.unwrap_or_default() {
        "failed" | "failure" | "fail" | "failled" | "bounced" | "undeliverable" | "undelivered"
        | "rejected" | "permanent" | "hardfail" | "expired" => true,
        "" => group.status().starts_with('5'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{message_ids::MAX_IDS, *};

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
    fn a_report_without_a_failure_is_not_a_bounce() {
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
        fn any_notification_is_read_as_short_plain_text(
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
