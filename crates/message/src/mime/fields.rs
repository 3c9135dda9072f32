//! The fields that describe the content of a part (RFC 2045 §3, RFC 2183).

use std::sync::LazyLock;

use mail_parser::{ContentType, HeaderName, HeaderValue, Message, MessageParser};

use super::{
    header::{Header, first},
    transfer::TransferEncoding,
};

static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .with_mime_headers()
        .default_header_ignore()
});

/// The description of a part's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    /// Type and subtype in lower case; `None` for the default.
    pub(super) media_type: Option<(String, String)>,
    /// The character set of its text.
    pub(super) charset: Option<String>,
    /// The boundary of its parts.
    pub(super) boundary: Option<Vec<u8>>,
    pub(super) encoding: TransferEncoding,
    /// The untrusted name of the file.
    pub(super) name: Option<String>,
    /// True if the part is declared as a file.
    pub(super) is_attachment: bool,
}

impl Fields {
    /// Reads the fields of a header.
    pub(super) fn parse(lines: &[u8]) -> Self {
        let header = Header::new(lines, None);
        let parsed = header.parse_with(&PARSER);
        let parsed = parsed.as_ref();
        let content_type = parsed.and_then(|parsed| structured(parsed, &HeaderName::ContentType));
        let disposition =
            parsed.and_then(|parsed| structured(parsed, &HeaderName::ContentDisposition));
        let encoding = parsed
            .and_then(|parsed| first(parsed, &HeaderName::ContentTransferEncoding))
            .and_then(HeaderValue::as_text);
        let attribute = |field: Option<&ContentType<'_>>, name: &str| {
            let value = field.and_then(|field| field.attribute(name));
            value.map(str::to_owned).filter(|value| !value.is_empty())
        };
        let name = attribute(disposition, "filename").or_else(|| attribute(content_type, "name"));
        // Unknown dispositions are treated as attachments (RFC 2183 §2.8).
        let is_attachment = disposition.is_some_and(|disposition| !disposition.is_inline());
        let is_file = is_attachment || name.is_some();
        Self {
            media_type: content_type.and_then(|field| media_type(field, is_file)),
            charset: attribute(content_type, "charset"),
            boundary: attribute(content_type, "boundary")
                .map(|one| one.trim_end().as_bytes().to_vec()),
            encoding: encoding.map(TransferEncoding::parse).unwrap_or_default(),
            name,
            is_attachment,
        }
    }
}

fn structured<'m, 'x>(
    message: &'m Message<'x>,
    name: &HeaderName<'_>,
) -> Option<&'m ContentType<'x>> {
    first(message, name)?.as_content_type()
}

/// Returns the type of a part. A value other than `type/subtype` counts as missing (RFC 2045 §5.2),
/// unless the part is a file, whose content must not be read as text.
fn media_type(field: &ContentType<'_>, is_file: bool) -> Option<(String, String)> {
    let lower = |text: &str| text.trim().to_ascii_lowercase();
    let is_token = |text: &str| {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !text.is_empty() && text.bytes().all(good)
    };
    let kind = lower(field.ctype());
    let subtype = lower(field.subtype().unwrap_or_default());
    // RFC 6838 §4.2 limits each to 127 characters, and is what clients accept.
    if kind.len() + subtype.len() < 127 && is_token(&kind) && is_token(&subtype) {
        Some((kind, subtype))
    } else if kind != "text" && is_file {
        Some(("application".to_owned(), "octet-stream".to_owned()))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media_type_of(value: &str) -> String {
        let fields = Fields::parse(format!("Content-Type: {value}\r\n").as_bytes());
        let (kind, subtype) = fields.media_type.unwrap_or_default();
        [kind, subtype].join("/")
    }

    #[test]
    fn invalid_media_types_count_as_missing() {
        for (value, media_type) in [
            ("Text/HTML; charset=utf-8", "text/html"),
            ("text/plain (comment); charset = \"UTF-8\"", "text/plain"),
            ("text", "/"),
            ("", "/"),
            (";;", "/"),
            ("text/pl<ain", "/"),
            ("pdf", "/"),
            ("pdf; name=a.pdf", "application/octet-stream"),
            ("text; name=a.txt", "/"),
        ] {
            assert_eq!(media_type_of(value), media_type, "{value}");
        }
    }

    #[test]
    fn other_parts_than_inline_ones_are_attachments() {
        for (value, is_attachment) in [
            ("inline", false),
            ("INLINE; filename=a", false),
            ("attachment", true),
            ("form-data; name=a", true),
            ("", false),
        ] {
            let fields = Fields::parse(format!("Content-Disposition: {value}\r\n").as_bytes());
            assert_eq!(fields.is_attachment, is_attachment, "{value}");
        }
    }
}
