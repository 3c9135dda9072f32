//! Parts that every composed message needs: date, Message-ID, and the MIME body.

use std::time::{Duration, UNIX_EPOCH};

use domain::{EmailAddress, UnixTime};
use lettre::message::{
    Attachment as Attached, Body, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType},
};

/// An attachment whose fields were checked.
#[derive(Debug)]
pub(super) struct Attachment {
    pub(super) name: String,
    pub(super) content_type: ContentType,
    pub(super) content: Vec<u8>,
    pub(super) content_id: Option<String>,
}

/// Writes a date (RFC 5322 §3.3).
pub(super) fn date(now: UnixTime) -> String {
    let seconds = u64::try_from(now.0).unwrap_or_default();
    let at = UNIX_EPOCH + Duration::from_secs(seconds);
    httpdate::fmt_http_date(at).replace("GMT", "+0000")
}

/// Returns a new, unique Message-ID in the domain of an address.
pub(super) fn new_message_id(of: &EmailAddress) -> String {
    let random = clock::random::hex::<16>();
    format!("<{random}@{}>", of.domain())
}

/// Writes the body, preceded by the header fields that describe it and the empty line. At least one
/// of `plain` and `html` is expected; without both the body is empty.
pub(super) fn body(
    plain: Option<String>,
    html: Option<String>,
    attachments: Vec<Attachment>,
) -> Vec<u8> {
    let (inline, attached): (Vec<_>, Vec<_>) = attachments
        .into_iter()
        .partition(|attachment| attachment.content_id.is_some());
    let html = html.map(|html| text(&html, ContentType::TEXT_HTML));
    let plain = plain.map(|plain| text(&plain, ContentType::TEXT_PLAIN));
    let html = html.map(|html| related(html, inline));
    let content = match (plain, html) {
        (Some(plain), Some(html)) => {
            Part::Several(html.add_to(MultiPart::alternative().singlepart(plain)))
        }
        (Some(one), None) => Part::One(one),
        (None, Some(html)) => html,
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

/// Combines HTML with the images that it refers to.
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

/// Encodes a body in base64 or quoted-printable, which can represent any content.
pub(super) fn encoded(content: Vec<u8>, encoding: ContentTransferEncoding) -> Body {
    Body::new_with_encoding(content, encoding).unwrap_or_else(Body::new)
}
