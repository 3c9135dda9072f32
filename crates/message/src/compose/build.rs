//! Putting a message together from its parts.

use std::time::{Duration, UNIX_EPOCH};

use domain::{FromAddress, UnixTime};
use lettre::message::{
    Attachment as Attached, Body, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType},
};

use super::{
    draft::{Attachment, Checked},
    free_header, header,
};

/// The whole message (RFC 5322), lines ended by CRLF.
pub(super) fn build(message: Checked, message_id: &str, now: UnixTime) -> Vec<u8> {
    let mut head = header::line("Date", &date(now));
    let mut add = |name: &str, all: &[FromAddress]| {
        if !all.is_empty() {
            head.push_str(&header::line(name, &header::mailboxes(all)));
        }
    };
    add("From", std::slice::from_ref(&message.from));
    add("Reply-To", &message.reply_to);
    add("To", &message.to);
    add("Cc", &message.cc);
    if message.to.is_empty() && message.cc.is_empty() {
        head.push_str("To: undisclosed-recipients:;\r\n");
    }
    if !message.subject.is_empty() {
        head.push_str(&header::line("Subject", &header::text(&message.subject)));
    }
    head.push_str(&header::line("Message-ID", message_id));
    for (name, value) in &message.headers {
        head.push_str(&header::line(name, &free_header::value(name, value)));
    }
    head.push_str("MIME-Version: 1.0\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend(body(message));
    bytes
}

/// RFC 5322 §3.3.
pub(super) fn date(now: UnixTime) -> String {
    let seconds = u64::try_from(now.0).unwrap_or_default();
    let at = UNIX_EPOCH + Duration::from_secs(seconds);
    httpdate::fmt_http_date(at).replace("GMT", "+0000")
}

/// A Message-ID that nobody else makes.
pub(super) fn new_message_id(from: &FromAddress) -> String {
    let random = clock::random::hex::<16>();
    format!("<{random}@{}>", from.address.domain())
}

/// The body with the header fields that describe it.
fn body(message: Checked) -> Vec<u8> {
    let (inline, attached): (Vec<_>, Vec<_>) = message
        .attachments
        .into_iter()
        .partition(|attachment| attachment.content_id.is_some());
    let html = message.html.map(|html| text(&html, ContentType::TEXT_HTML));
    let plain = message
        .text
        .map(|plain| text(&plain, ContentType::TEXT_PLAIN));
    let html = html.map(|html| related(html, inline));
    let content = match (plain, html) {
        (Some(plain), Some(html)) => {
            Part::Several(html.add_to(MultiPart::alternative().singlepart(plain)))
        }
        (Some(one), None) => Part::One(one),
        (None, Some(html)) => html,
        // One of them is there, which was checked.
        (None, None) => Part::One(text("", ContentType::TEXT_PLAIN)),
    };
    let whole = attached.into_iter().fold(content, |whole, attachment| {
        let all = match whole {
            Part::Mixed(all) => all,
            other => other.add_to(MultiPart::mixed().build()),
        };
        Part::Mixed(all.singlepart(part(attachment)))
    });
    match whole {
        Part::One(one) => one.formatted(),
        Part::Several(all) | Part::Mixed(all) => all.formatted(),
    }
}

enum Part {
    One(SinglePart),
    Several(MultiPart),
    Mixed(MultiPart),
}

impl Part {
    fn add_to(self, all: MultiPart) -> MultiPart {
        match self {
            Self::One(one) => all.singlepart(one),
            Self::Several(inner) | Self::Mixed(inner) => all.multipart(inner),
        }
    }
}

/// HTML with what it shows.
fn related(html: SinglePart, inline: Vec<Attachment>) -> Part {
    if inline.is_empty() {
        return Part::One(html);
    }
    let start = MultiPart::related().singlepart(html);
    Part::Several(
        inline
            .into_iter()
            .fold(start, |all, one| all.singlepart(part(one))),
    )
}

fn part(attachment: Attachment) -> SinglePart {
    let content = encoded(attachment.content, ContentTransferEncoding::Base64);
    let described = match attachment.content_id {
        Some(id) => Attached::new_inline_with_name(id, attachment.name),
        None => Attached::new(attachment.name),
    };
    described.body(content, attachment.content_type)
}

fn text(text: &str, content_type: ContentType) -> SinglePart {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let printable = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    let body = if text.chars().all(printable) {
        Body::new(text)
    } else {
        let lines = text.replace('\n', "\r\n");
        encoded(lines.into_bytes(), ContentTransferEncoding::QuotedPrintable)
    };
    SinglePart::builder().content_type(content_type).body(body)
}

/// In base64 or quoted-printable, which take everything.
pub(super) fn encoded(content: Vec<u8>, encoding: ContentTransferEncoding) -> Body {
    Body::new_with_encoding(content, encoding).unwrap_or_else(Body::new)
}
