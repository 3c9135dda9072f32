//! The identifiers of the message that a report is about.

use domain::untrusted::is_displayable;
use mail_parser::{HeaderName, HeaderValue};

use super::{fields::Fields, is, lenient, provider_ids::named_by, text_of};
use crate::mime::{Header, Structure, first};

/// Maximum number of identifiers of each kind.
pub(super) const MAX_IDS: usize = 10;
/// Parts that contain the undelivered message or its header.
const RETURNED: [&str; 6] = [
    "rfc822",
    "global",
    "rfc822-headers",
    "global-headers",
    "rfc822-header",
    "partial",
];
/// Fields with the original Message-ID of a message whose Message-ID a provider has replaced.
const ORIGINAL: [&str; 4] = [
    "x-microsoft-original-message-id",
    "x-google-original-message-id",
    "x-original-message-id",
    "original-message-id",
];

/// The identifiers, the most reliable first.
#[derive(Default)]
pub(super) struct Ids {
    pub(super) message_ids: Vec<String>,
    pub(super) provider_ids: Vec<String>,
}

/// Returns the Message-IDs of the returned message or its header, then those that the delivery
/// status and the report's own header refer to. `status` is the number of the part with the
/// delivery status.
pub(super) fn of(
    structure: &Structure<'_>,
    raw: &[u8],
    status: Option<usize>,
    about: &Fields,
) -> Ids {
    let mut ids = Ids::default();
    // A gateway may have wrapped the report in another message.
    if status.is_none() {
        ids.add_lines(&lenient::rest(raw));
    }
    for part in structure.parts().filter(|part| is(part, &RETURNED)) {
        let content = part.content();
        ids.add_header(Structure::of(&content).header());
    }
    // Some servers return the header as text, after the delivery status or below a line.
    for (number, part) in structure.parts().enumerate() {
        let is_after = status.is_none_or(|status| number > status);
        if is_after && part.media_type().0 == "text" && !is(&part, &RETURNED) {
            ids.add_lines(&text_of(&part));
        }
    }
    for (name, value) in about.message.iter() {
        if name.ends_with("message-id") {
            ids.add(value);
        } else if name.ends_with("queue-id") {
            ids.add_queue_id(value);
        }
    }
    let header = Header::new(structure.header(), None);
    let parsed = header.parse();
    for name in [HeaderName::InReplyTo, HeaderName::References] {
        let field = parsed.as_ref().and_then(|parsed| first(parsed, &name));
        let field = field.and_then(HeaderValue::as_text_list);
        field.unwrap_or_default().iter().for_each(|id| ids.add(id));
    }
    ids.add_originals(&header);
    if ids.message_ids.is_empty() {
        ids.add_lines(&lenient::rest(raw));
    }
    // Exchange Online returns the header in the text before the delivery status, and nothing else.
    if ids.message_ids.is_empty() {
        let texts = structure
            .parts()
            .filter(|part| part.media_type().0 == "text");
        texts.for_each(|part| ids.add_lines(&text_of(&part)));
    }
    ids
}

impl Ids {
    fn add(&mut self, id: &str) {
        let id = id.trim();
        let inside = id
            .split_once('<')
            .and_then(|(_, rest)| rest.split_once('>'));
        let id = inside
            .map_or(id, |(inside, _)| inside)
            .trim_matches(['<', '>'])
            .trim();
        let id = ["<", id, ">"].concat();
        let is_plain = id.len() > 2 && id.len() < 1_000 && id.chars().all(is_displayable);
        if !is_plain || self.message_ids.contains(&id) {
            return;
        }
        named_by(&id).for_each(|id| self.add_provider_id(id));
        if self.message_ids.len() < MAX_IDS {
            self.message_ids.push(id);
        }
    }

    fn add_queue_id(&mut self, id: &str) {
        named_by(id).for_each(|id| self.add_provider_id(id));
    }

    fn add_provider_id(&mut self, id: String) {
        if self.provider_ids.len() < MAX_IDS && !self.provider_ids.contains(&id) {
            self.provider_ids.push(id);
        }
    }

    /// Adds the identifiers in the header of the returned message.
    fn add_header(&mut self, lines: &[u8]) {
        let header = Header::new(lines, None);
        self.add_originals(&header);
        let parsed = header.parse();
        let id = parsed
            .as_ref()
            .and_then(|parsed| first(parsed, &HeaderName::MessageId));
        if let Some(id) = id.and_then(HeaderValue::as_text) {
            self.add(id);
        }
    }

    fn add_originals(&mut self, header: &Header<'_>) {
        for (name, value) in header.fields() {
            if ORIGINAL.contains(&name.to_ascii_lowercase().as_str()) {
                self.add(&value.replace(['\r', '\n'], " "));
            }
        }
    }

    /// Adds the identifiers in the lines of a text that look like fields of a header.
    fn add_lines(&mut self, text: &str) {
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let line = line.trim_start_matches(['>', ' ', '\t', '|']);
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let name = name.trim().to_ascii_lowercase();
            if name != "message-id" && !ORIGINAL.contains(&name.as_str()) {
                continue;
            }
            match lines.peek() {
                Some(folded) if value.trim().is_empty() && folded.starts_with([' ', '\t']) => {
                    self.add(folded);
                }
                _ => self.add(value),
            }
        }
    }
}
