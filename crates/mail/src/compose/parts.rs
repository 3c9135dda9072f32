//! Bodies that not every mail server takes: lines of more than 998 octets (RFC 5321 §4.5.3.1.6), octets above 127 where the
//! server does not offer 8BITMIME (RFC 6152), and NUL. Parts that have them are encoded in quoted-printable or base64.

use domain::FieldError;
use lettre::message::header::ContentTransferEncoding;
use mail_parser::{Encoding, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::{RawMessage, build, header::LINE};

/// Encodes what has to be.
///
/// # Errors
/// `TooLong` or `ControlCharacter` when something has to be encoded that cannot be: it is signed, or no part of its own.
pub(super) fn make_fit(message: &mut RawMessage) -> Result<(), FieldError> {
    if trouble(message.body()).is_none() {
        return Ok(());
    }
    let bytes = message.to_bytes();
    if let Some(parsed) = MessageParser::default().parse(&bytes)
        && !parsed.parts.iter().any(is_closed)
    {
        if let [whole] = &*parsed.parts {
            encode_whole(message, whole);
        } else {
            let offset = message.header().len() + 2;
            let encoded = encode_parts(&bytes, &parsed.parts);
            *message.body_mut() = encoded.get(offset..).unwrap_or_default().to_vec();
        }
    }
    match trouble(message.body()) {
        // A server that does not take it says so.
        None | Some(Trouble::EightBit) => Ok(()),
        Some(Trouble::LongLine) => Err(FieldError::TooLong),
        Some(Trouble::Nul) => Err(FieldError::ControlCharacter),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    EightBit,
    LongLine,
    Nul,
}

/// The worst trouble of some lines.
fn trouble(bytes: &[u8]) -> Option<Trouble> {
    if bytes.contains(&0) {
        Some(Trouble::Nul)
    } else if bytes
        .split(|b| *b == b'\n')
        .any(|line| line.len() > LINE + 1)
    {
        Some(Trouble::LongLine)
    } else if !bytes.is_ascii() {
        Some(Trouble::EightBit)
    } else {
        None
    }
}

/// Whether a part would be broken by encoding what is in it: a signature covers it (RFC 1847 §2.1).
fn is_closed(part: &MessagePart<'_>) -> bool {
    part.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind.subtype().is_some_and(|subtype| {
                subtype.eq_ignore_ascii_case("signed") || subtype.eq_ignore_ascii_case("encrypted")
            })
    })
}

/// A message of one part.
fn encode_whole(message: &mut RawMessage, whole: &MessagePart<'_>) {
    // Already encoded, and what came of it is no good: a declared encoding that is not there.
    if whole.encoding != Encoding::None || matches!(whole.body, PartType::Message(_)) {
        return;
    }
    let described = message.count("Content-Type") > 0;
    let is_utf8 = std::str::from_utf8(message.body()).is_ok();
    let (name, content) = encode(message.body());
    *message.body_mut() = content;
    if message.count("MIME-Version") == 0 {
        message.set_line("MIME-Version", "MIME-Version: 1.0\r\n");
    }
    if !described {
        let charset = if is_utf8 { "utf-8" } else { "iso-8859-1" };
        let line = format!("Content-Type: text/plain; charset={charset}\r\n");
        message.set_line("Content-Type", &line);
    }
    let line = format!("Content-Transfer-Encoding: {name}\r\n");
    message.set_line("Content-Transfer-Encoding", &line);
}

/// The whole message with each part encoded that has to be.
fn encode_parts(bytes: &[u8], parts: &[MessagePart<'_>]) -> Vec<u8> {
    let mut leaves: Vec<_> = parts
        .iter()
        .filter(|part| part.encoding == Encoding::None)
        .filter(|part| !matches!(part.body, PartType::Multipart(_) | PartType::Message(_)))
        .map(|part| {
            let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
            (
                at(part.offset_header),
                at(part.offset_body),
                at(part.offset_end),
            )
        })
        .collect();
    leaves.sort_unstable();
    let mut encoded = Vec::with_capacity(bytes.len() + bytes.len() / 4);
    let mut done = 0;
    for (header, body, end) in leaves {
        let whole = (header >= done && header <= body && body <= end).then_some(());
        let (Some(()), Some(head), Some(content)) =
            (whole, bytes.get(header..body), bytes.get(body..end))
        else {
            continue;
        };
        if trouble(content).is_none() {
            continue;
        }
        let mut part = RawMessage::parse(head);
        let (name, content) = encode(content);
        let line = format!("Content-Transfer-Encoding: {name}\r\n");
        part.set_line("Content-Transfer-Encoding", &line);
        encoded.extend_from_slice(&bytes[done..header]);
        encoded.extend_from_slice(&part.header());
        encoded.extend_from_slice(b"\r\n");
        encoded.extend_from_slice(&content);
        done = end;
    }
    encoded.extend_from_slice(&bytes[done..]);
    encoded
}

/// Quoted-printable for what is mostly text, else base64.
fn encode(content: &[u8]) -> (&'static str, Vec<u8>) {
    let above = content.iter().filter(|b| !b.is_ascii()).count();
    let (name, encoding) = if above > content.len() / 4 {
        ("base64", ContentTransferEncoding::Base64)
    } else {
        ("quoted-printable", ContentTransferEncoding::QuotedPrintable)
    };
    (name, build::encoded(content.to_vec(), encoding).into_vec())
}
