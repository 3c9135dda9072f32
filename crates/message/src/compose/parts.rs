//! Bodies that not every mail server accepts: lines of more than 998 octets (RFC 5321 §4.5.3.1.6),
//! octets above 127 where the server does not offer 8BITMIME (RFC 6152), NUL, and line ends other
//! than CRLF. Parts that have them are encoded in quoted-printable or base64, and what cannot be
//! encoded is made ASCII.

use domain::MessageFieldError;
use lettre::message::header::ContentTransferEncoding;

use super::{
    RawMessage, build,
    charset::Charset,
    encoded, fields,
    header::MAX_LINE,
    mime::{self, Segment},
    parameters::Parameters,
    raw_message::{LineEnd, with_crlf},
};

/// Maximum depth of nested parts and messages. Deeper ones are not changed.
const MAX_DEPTH: usize = 40;

/// Encodes the parts that not every mail server accepts. Line ends become CRLF, except in parts
/// that are encoded octet by octet.
///
/// # Errors
/// `TooLong` or `ControlCharacter` if a signed part would have to be encoded.
pub(super) fn encode_for_transport(
    message: &mut RawMessage,
    charset: Charset,
) -> Result<(), MessageFieldError> {
    let walk = Walk {
        charset,
        default: "text/plain",
        depth: 0,
    };
    let changed = !is_clean(message) && walk.body(message);
    if changed && message.count("MIME-Version") == 0 {
        message.set_line("MIME-Version", "MIME-Version: 1.0\r\n");
    }
    let body = message.body_mut();
    if !body.is_empty() && !body.ends_with(b"\r\n") {
        body.extend_from_slice(b"\r\n");
    }
    match defect(message.body()) {
        // A server that does not accept it reports an error.
        None | Some(Defect::EightBit) => Ok(()),
        Some(Defect::LongLine) => Err(MessageFieldError::TooLong),
        Some(Defect::Nul) => Err(MessageFieldError::ControlCharacter),
    }
}

/// Returns the character set that a message declares, or the one of the first part that declares
/// one.
pub(super) fn charset_of(message: &RawMessage) -> Charset {
    named_charset(message, 0).unwrap_or_default()
}

fn named_charset(entity: &RawMessage, depth: usize) -> Option<Charset> {
    let described = parameters(entity, "Content-Type");
    if let Some(label) = described.get("charset") {
        return Some(Charset::named(label));
    }
    let boundary = described.get("boundary").filter(|_| depth < 5)?;
    let segments = mime::segments(entity.body(), boundary)?;
    segments.iter().find_map(|segment| match segment {
        Segment::Part(part) => named_charset(&RawMessage::parse_part(part), depth + 1),
        _ => None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Defect {
    EightBit,
    LongLine,
    Nul,
}

/// Returns the worst defect of some lines.
fn defect(bytes: &[u8]) -> Option<Defect> {
    if bytes.contains(&0) {
        Some(Defect::Nul)
    } else if bytes
        .split(|b| *b == b'\n')
        .any(|line| line.len() > MAX_LINE + 1)
    {
        Some(Defect::LongLine)
    } else if !bytes.is_ascii() {
        Some(Defect::EightBit)
    } else {
        None
    }
}

/// Line ends that are not CRLF.
#[derive(Clone, Copy, Debug, Default)]
struct LineEnds {
    crlf: bool,
    cr: bool,
    lf: bool,
}

impl LineEnds {
    fn of(bytes: &[u8]) -> Self {
        let mut ends = Self::default();
        let mut last = 0;
        for byte in bytes {
            match (last, *byte) {
                (b'\r', b'\n') => ends.crlf = true,
                (b'\r', _) => ends.cr = true,
                (_, b'\n') => ends.lf = true,
                _ => {}
            }
            last = *byte;
        }
        ends.cr |= last == b'\r';
        ends
    }
}

/// Returns true if a body can be sent as it is, header fields of its parts included. Escape sequences of ISO-2022-JP are ASCII, and
/// may be in such a field.
fn is_clean(message: &RawMessage) -> bool {
    let ends = LineEnds::of(message.body());
    let binary = |text: &[u8]| {
        let mut words = text.windows(6);
        words.any(|word| word.eq_ignore_ascii_case(b"binary"))
    };
    let is_printable = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    message.body().iter().all(is_printable)
        && defect(message.body()).is_none()
        && !ends.cr
        && !ends.lf
        && !binary(message.body())
        && !binary(&message.header())
}

fn parameters(entity: &RawMessage, name: &str) -> Parameters {
    let value = entity.values(name).into_iter().next().unwrap_or_default();
    Parameters::parse(&Charset::default().decode(&value))
}

/// Walks through the parts of a submitted message.
#[derive(Clone, Copy, Debug)]
struct Walk {
    /// Character set of header fields in parts that declare none.
    charset: Charset,
    /// The media type of parts that declare none.
    default: &'static str,
    depth: usize,
}

impl Walk {
    /// Encodes header and body of a part or of a nested message. Returns true if more than line
    /// ends changed.
    fn entity(self, entity: &mut RawMessage, charset: Charset) -> bool {
        let changed = fields::encode(entity, charset);
        self.body(entity) || changed
    }

    /// Encodes a body. Returns true if more than line ends changed.
    fn body(self, entity: &mut RawMessage) -> bool {
        let described = parameters(entity, "Content-Type");
        let media_type = match described.value.to_ascii_lowercase() {
            // RFC 2045 §5.2: an invalid media type means plain text.
            text if !text.contains('/') => self.default.to_owned(),
            text => text,
        };
        let encoding = entity.values("Content-Transfer-Encoding");
        let encoding = encoding.first().map(|value| value.to_ascii_lowercase());
        let encoding = encoding.as_deref().unwrap_or_default();
        let is_encoded = matches!(encoding, b"base64" | b"quoted-printable");
        let mut type_of_leaf = media_type.as_str();
        match media_type.split_once('/') {
            // A signature covers it (RFC 1847 §2.1).
            Some(("multipart", "signed" | "encrypted")) => {
                return set_lines(entity);
            }
            Some(("multipart", subtype)) if self.depth < MAX_DEPTH => {
                let boundary = described.get("boundary").unwrap_or_default();
                if let Some(segments) = mime::segments(entity.body(), boundary) {
                    let inner = Self {
                        default: if subtype == "digest" {
                            "message/rfc822"
                        } else {
                            "text/plain"
                        },
                        depth: self.depth + 1,
                        ..self
                    };
                    let (body, changed) = inner.segments(&segments);
                    entity.set_body(body);
                    return no_longer_binary(entity, encoding) || changed;
                }
                // A multipart without parts is plain text (RFC 2045 §5.2).
                type_of_leaf = "text/plain";
            }
            Some(("message", "rfc822" | "global" | "news"))
                if self.depth < MAX_DEPTH && !is_encoded =>
            {
                let mut message = RawMessage::parse_part(entity.body());
                let charset = charset_of(&message);
                let inner = Self {
                    charset,
                    default: "text/plain",
                    depth: self.depth + 1,
                };
                let changed = inner.entity(&mut message, charset);
                let body = if changed {
                    message.to_bytes()
                } else {
                    with_crlf(entity.body())
                };
                entity.set_body(body);
                return no_longer_binary(entity, encoding) || changed;
            }
            _ => {}
        }
        leaf(entity, type_of_leaf, &described, encoding)
    }

    /// Encodes the segments of a multipart body.
    fn segments(self, segments: &[Segment<'_>]) -> (Vec<u8>, bool) {
        let mut body = Vec::new();
        let mut any = false;
        for segment in segments {
            match segment {
                Segment::Delimiter(line) => body.extend(with_crlf(line)),
                Segment::Outside(text) => {
                    let lines = with_crlf(text);
                    if defect(&lines).is_none() {
                        body.extend(lines);
                    } else {
                        any = true;
                        body.extend(encoded::plain(&self.charset.decode(&lines)));
                    }
                }
                Segment::Part(bytes) => {
                    let mut part = RawMessage::parse_part(bytes);
                    let own = parameters(&part, "Content-Type");
                    let own = own.get("charset").map(Charset::named);
                    let charset = own.filter(|own| own.is_known()).unwrap_or(self.charset);
                    if self.entity(&mut part, charset) {
                        any = true;
                        body.extend(part.to_bytes());
                    } else {
                        body.extend(with_crlf(bytes));
                    }
                }
            }
        }
        (body, any)
    }
}

/// Replaces the line ends of a body by CRLF. Returns false, because nothing else changed.
fn set_lines(entity: &mut RawMessage) -> bool {
    entity.set_body(with_crlf(entity.body()));
    false
}

/// Replaces `binary`, which needs BINARYMIME (RFC 3030): the content is encoded now. Returns true
/// if the field changed.
fn no_longer_binary(entity: &mut RawMessage, encoding: &[u8]) -> bool {
    let is_binary = encoding == b"binary";
    if is_binary {
        set_encoding(entity, "7bit");
    }
    is_binary
}

/// Encodes a part without subparts. Returns true if more than line ends changed.
fn leaf(
    entity: &mut RawMessage,
    media_type: &str,
    described: &Parameters,
    encoding: &[u8],
) -> bool {
    let lines = with_crlf(entity.body());
    let is_fit = defect(&lines).is_none();
    match encoding {
        b"base64" if !is_fit && encoded::is_base64(entity.body()) => {
            entity.set_body(encoded::wrapped_base64(&lines));
            return true;
        }
        b"quoted-printable" if !is_fit => {
            entity.set_body(encoded::wrapped_quoted_printable(&lines));
            return true;
        }
        b"base64" | b"quoted-printable" if is_fit => {
            entity.set_body(lines);
            return false;
        }
        // Already encoded, under older names.
        b"uuencode" | b"x-uuencode" | b"x-uue" => {
            entity.set_body(lines);
            return false;
        }
        // The declared encoding is unknown or not used, so readers display the content as it is.
        _ => {}
    }
    let is_binary = encoding == b"binary";
    let charset = described.get("charset").unwrap_or_default();
    let wide = ["utf-16", "utf-32", "ucs-"];
    let is_wide = |wide: &&str| charset.to_ascii_lowercase().starts_with(wide);
    let is_text = ["text/", "message/"]
        .iter()
        .any(|start| media_type.starts_with(start));
    // The octets of a file must not change.
    let disposition = parameters(entity, "Content-Disposition").value;
    let is_file = disposition.eq_ignore_ascii_case("attachment")
        || wide.iter().any(is_wide)
        || entity.body().contains(&0);
    let is_text = is_text && !is_file;
    let ends = LineEnds::of(entity.body());
    let odd_ends = ends.cr || (ends.lf && (ends.crlf || entity.line_end() == LineEnd::Crlf));
    let (name, content) = if is_text {
        if is_fit {
            entity.set_body(lines);
            return no_longer_binary(entity, encoding);
        }
        encode_text(lines)
    } else if !is_fit || odd_ends || is_binary {
        let content = entity.body().to_vec();
        (
            "base64",
            build::encoded(content, ContentTransferEncoding::Base64).into_vec(),
        )
    } else {
        entity.set_body(lines);
        return false;
    };
    if described
        .value
        .to_ascii_lowercase()
        .starts_with("multipart/")
    {
        entity.remove("Content-Type");
    }
    if entity.count("Content-Type") == 0 && media_type == "text/plain" {
        describe(entity);
    }
    entity.set_body(content);
    set_encoding(entity, name);
    true
}

/// Declares the character set of text that declares none.
fn describe(entity: &mut RawMessage) {
    if entity.body().is_ascii() {
        return;
    }
    let charset = if std::str::from_utf8(entity.body()).is_ok() {
        "utf-8"
    } else {
        "windows-1252"
    };
    let line = format!("Content-Type: text/plain; charset={charset}\r\n");
    entity.set_line("Content-Type", &line);
}

fn set_encoding(entity: &mut RawMessage, name: &str) {
    let line = format!("Content-Transfer-Encoding: {name}\r\n");
    entity.set_line("Content-Transfer-Encoding", &line);
}

/// Encodes text in quoted-printable if it is mostly ASCII, else in base64.
fn encode_text(content: Vec<u8>) -> (&'static str, Vec<u8>) {
    let above = content.iter().filter(|b| !b.is_ascii()).count();
    let (name, encoding) = if above > content.len() / 4 {
        ("base64", ContentTransferEncoding::Base64)
    } else {
        ("quoted-printable", ContentTransferEncoding::QuotedPrintable)
    };
    (name, build::encoded(content, encoding).into_vec())
}
