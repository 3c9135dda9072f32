//! A message for display.

use domain::{
    Mail, MailAttachment, MailHeader, MailSummary,
    untrusted::{self, is_displayable},
};
use mail_parser::{HeaderName, HeaderValue};

use super::{
    sanitize::sanitize,
    summary::{fill, line, people},
};
use crate::mime::{Header, Part, Structure, addresses, first};

/// Maximum number of displayed header fields.
const MAX_HEADERS: usize = 200;
/// Maximum length of a displayed value in characters.
const MAX_VALUE: usize = 2_000;
/// Maximum number of text parts.
const MAX_TEXTS: usize = 200;
/// Maximum length of the displayed text in characters.
const MAX_TEXT: usize = 500_000;
/// Maximum number of listed attachments.
const MAX_ATTACHMENTS: usize = 200;
/// Maximum length of a file name in characters.
const MAX_NAME: usize = 120;

/// Reads a message for display. `summary` is the server's report about it. Its size shows if `raw`
/// is truncated.
pub fn read_mail(mut summary: MailSummary, raw: &[u8]) -> Mail {
    let cut = usize::try_from(summary.size).unwrap_or(usize::MAX) > raw.len();
    let structure = Structure::of(raw);
    let header = Header::new(structure.header(), structure.charset());
    let parsed = header.parse();
    let parsed = parsed.as_ref();
    if let Some(parsed) = parsed {
        fill(&mut summary, parsed);
    }
    let people_in = |name| {
        parsed
            .map(|parsed| people(addresses(parsed, &name)))
            .unwrap_or_default()
    };
    let message_id = parsed
        .and_then(|parsed| first(parsed, &HeaderName::MessageId))
        .and_then(HeaderValue::as_text);
    let shown = header
        .fields()
        .take(MAX_HEADERS)
        .map(|(name, value)| MailHeader {
            name: line(&name),
            value: unfolded(&value),
        });
    let left_out = header.fields().skip(MAX_HEADERS).count();
    let (mut plain, mut html) = (None, None);
    for part in structure.texts().take(MAX_TEXTS) {
        let all: &mut Option<String> = match part.media_type() {
            (_, "html") => &mut html,
            _ => &mut plain,
        };
        match all {
            Some(all) => {
                all.push('\n');
                all.push_str(&part.text());
            }
            None => *all = Some(part.text()),
        }
    }
    let html = html.map(|html| sanitize(&html));
    Mail {
        to: people_in(HeaderName::To),
        cc: people_in(HeaderName::Cc),
        message_id: line(message_id.unwrap_or_default()),
        headers: shown.collect(),
        headers_left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
        text: plain.map(|text| shortened(&text)),
        html_left_out: matches!(html, Some(None)),
        html: html.flatten(),
        attachments: attachments(&structure),
        cut,
        summary,
    }
}

fn attachments(structure: &Structure<'_>) -> Vec<MailAttachment> {
    let files = (1..).zip(structure.files().take(MAX_ATTACHMENTS));
    let named = files.map(|(number, file)| MailAttachment {
        number,
        name: file_name(file.name().unwrap_or_default()),
        media_type: media_type(&file),
        size: u64::try_from(file.content().len()).unwrap_or(u64::MAX),
    });
    named.collect()
}

/// Returns the media type of a part.
pub(super) fn media_type(part: &Part<'_, '_>) -> String {
    let (kind, subtype) = part.media_type();
    [kind, subtype].join("/")
}

/// Returns the name of a file as it is displayed and offered for saving.
pub(super) fn file_name(said: &str) -> String {
    untrusted::file_name(said, MAX_NAME)
}

fn unfolded(value: &str) -> String {
    let unfolded: String = value
        .trim()
        .chars()
        .filter(|c| *c != '\r' && *c != '\n')
        .map(|c| if c == '\t' { ' ' } else { c })
        .filter(|c| is_displayable(*c))
        .take(MAX_VALUE)
        .collect();
    unfolded
}

fn shortened(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|c| is_displayable(*c) || matches!(c, '\n' | '\t'))
        .take(MAX_TEXT);
    let text: String = kept.collect();
    text.trim_end().to_owned()
}
