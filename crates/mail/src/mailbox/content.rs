//! A mail, from its bytes: what people read of it, and nothing more.

use domain::{Mail, MailAttachment, MailHeader, MailSummary};
use mail_parser::{Message, MessagePart, MimeHeaders as _};

use super::{
    html::sanitised,
    parsed::{Parsed, restored, text_of},
    summary::{fill, is_direction, line, people},
};

/// Header fields that are shown.
const HEADERS_AT_MOST: usize = 200;
/// Longest value of one that is shown: characters.
const VALUE_AT_MOST: usize = 2_000;
/// Longest text that is shown: characters.
const TEXT_AT_MOST: usize = 500_000;
/// Attachments that are named.
const ATTACHMENTS_AT_MOST: usize = 200;
/// Longest name of a file: characters.
const NAME_AT_MOST: usize = 120;

/// The mail of these bytes. `summary` holds what the server told of it.
pub(crate) fn content(mut summary: MailSummary, raw: &[u8]) -> Mail {
    let parsed = Parsed::new(raw);
    let cut = usize::try_from(summary.size).unwrap_or(usize::MAX) > raw.len();
    let Some(message) = parsed.message() else {
        // No header at all: all of it is text.
        let text = String::from_utf8_lossy(raw);
        return Mail {
            text: Some(shortened(&text)),
            ..empty(summary, cut)
        };
    };
    fill(&mut summary, parsed_head(&message, raw));
    let all = message.headers_raw().count();
    let headers = message.headers_raw().take(HEADERS_AT_MOST);
    let headers = headers.map(|(name, value)| MailHeader {
        name: line(&restored(name)),
        value: unfolded(&restored(value)),
    });
    let mut texts = Texts::default();
    for part in message.text_bodies().chain(message.html_bodies()) {
        texts.add(part);
    }
    let html = texts.html.map(|html| sanitised(&html));
    Mail {
        to: people(message.to()),
        cc: people(message.cc()),
        message_id: line(&restored(message.message_id().unwrap_or_default())),
        headers: headers.collect(),
        headers_left_out: u32::try_from(all.saturating_sub(HEADERS_AT_MOST)).unwrap_or(u32::MAX),
        text: texts.plain.map(|text| shortened(&text)),
        html_left_out: matches!(html, Some(None)),
        html: html.flatten(),
        attachments: attachments(&parsed, &message),
        ..empty(summary, cut)
    }
}

fn empty(summary: MailSummary, cut: bool) -> Mail {
    Mail {
        summary,
        to: String::new(),
        cc: String::new(),
        message_id: String::new(),
        headers: Vec::new(),
        headers_left_out: 0,
        text: None,
        html: None,
        html_left_out: false,
        attachments: Vec::new(),
        cut,
    }
}

/// The header alone.
fn parsed_head<'a>(message: &Message<'_>, raw: &'a [u8]) -> &'a [u8] {
    let end = message.parts.first().map_or(0, |part| part.offset_body);
    let end = usize::try_from(end).unwrap_or(usize::MAX);
    raw.get(..end).unwrap_or(raw)
}

/// The parts that are read, in order; each once, as a part without alternative is among the texts and among the HTML.
#[derive(Default)]
struct Texts {
    plain: Option<String>,
    html: Option<String>,
    seen: Vec<u32>,
}

impl Texts {
    fn add(&mut self, part: &MessagePart<'_>) {
        let Some((text, is_html)) = text_of(part) else {
            return;
        };
        if self.seen.len() >= ATTACHMENTS_AT_MOST || self.seen.contains(&part.offset_body) {
            return;
        }
        self.seen.push(part.offset_body);
        let all = if is_html {
            &mut self.html
        } else {
            &mut self.plain
        };
        match all {
            Some(all) => {
                all.push('\n');
                all.push_str(&restored(text));
            }
            None => *all = Some(restored(text).into_owned()),
        }
    }
}

fn attachments(parsed: &Parsed<'_>, message: &Message<'_>) -> Vec<MailAttachment> {
    let parts = (1..).zip(message.attachments().take(ATTACHMENTS_AT_MOST));
    let named = parts.map(|(number, part)| MailAttachment {
        number,
        name: file_name(part.attachment_name().unwrap_or_default()),
        media_type: media_type(part),
        size: u64::try_from(parsed.file(part).len()).unwrap_or(u64::MAX),
    });
    named.collect()
}

/// The media type that a part says it has, when it is one (RFC 6838 §4.2).
pub(super) fn media_type(part: &MessagePart<'_>) -> String {
    let unknown = || "application/octet-stream".to_owned();
    let Some(said) = part.content_type() else {
        return "text/plain".to_owned();
    };
    let Some(subtype) = said.subtype() else {
        return unknown();
    };
    let text = restored(&format!("{}/{subtype}", said.ctype())).to_ascii_lowercase();
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+/".contains(&byte);
    if text.len() <= 127 && text.bytes().all(good) && text.matches('/').count() == 1 {
        text
    } else {
        unknown()
    }
}

/// A name without folders, and without what would make it lie about its end.
pub(super) fn file_name(said: &str) -> String {
    let said = restored(said);
    let name = said.rsplit(['/', '\\', ':']).next().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && !is_direction(*c) && !"<>\"|?*".contains(*c))
        .collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let too_many = name.chars().count().saturating_sub(NAME_AT_MOST);
    // Its end says what it is.
    name.chars().skip(too_many).collect()
}

fn unfolded(value: &str) -> String {
    let unfolded: String = value
        .trim()
        .chars()
        .filter(|c| *c != '\r' && *c != '\n')
        .map(|c| if c == '\t' { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_direction(*c))
        .take(VALUE_AT_MOST)
        .collect();
    unfolded
}

fn shortened(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .filter(|c| !is_direction(*c))
        .take(TEXT_AT_MOST);
    let text: String = kept.collect();
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_a_file_leads_nowhere() {
        for (said, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\a.exe", "a.exe"),
            ("..", ""),
            ("a\r\nSet-Cookie: b", "b"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("\"a\".pdf", "a.pdf"),
            ("größe.pdf", "größe.pdf"),
        ] {
            let made = file_name(said);
            assert!(
                made == name || (name == "b" && made.trim() == "b"),
                "{said}: {made}"
            );
        }
        let long = format!("{}.pdf", "x".repeat(500));
        assert!(file_name(&long).ends_with("x.pdf") && file_name(&long).len() == NAME_AT_MOST);
    }
}
