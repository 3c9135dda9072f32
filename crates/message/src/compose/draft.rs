//! A message that a program describes field by field.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{EmailAddress, FromAddress, MessageFieldError, Recipient, RecipientKind, UnixTime};
use lettre::message::header::ContentType;

use super::{
    Composed, MessageErrors, MessageField as Field, SenderPolicy,
    build::{self, Attachment},
    free_header,
    header::{self, Head},
    sender_policy::ResolvedFrom,
};

/// Maximum number of recipients of a message.
pub(super) const MAX_RECIPIENTS: usize = 1_000;
/// Maximum number of addresses in `Reply-To`.
const MAX_REPLY_TO: usize = 25;
const MAX_ATTACHMENTS: usize = 100;
const MAX_HEADERS: usize = 50;
/// Maximum length of the subject in characters.
const MAX_SUBJECT: usize = 998;
/// Maximum length of a file name in characters.
const MAX_FILE_NAME: usize = 255;

/// A message in unchecked fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The `From` address; `None` for the default of the sender policy.
    pub from: Option<String>,
    /// Recipients in `To`.
    pub to: Vec<String>,
    /// Recipients in `Cc`.
    pub cc: Vec<String>,
    /// Recipients that are only in the envelope.
    pub bcc: Vec<String>,
    /// Addresses that replies go to.
    pub reply_to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: Option<String>,
    /// The HTML.
    pub html: Option<String>,
    /// Attached files, and images that the HTML refers to.
    pub attachments: Vec<DraftAttachment>,
    /// Further header fields: name and value.
    pub headers: Vec<(String, String)>,
}

/// A file that is attached to a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftAttachment {
    /// The file name.
    pub name: String,
    /// The media type; an empty one means `application/octet-stream`.
    pub content_type: String,
    /// The content in base64.
    pub content: String,
    /// The Content-ID by which the HTML refers to the file (`cid:`).
    pub content_id: Option<String>,
}

impl Draft {
    /// Checks the fields and writes the message.
    ///
    /// # Errors
    /// The invalid fields, each with its first error.
    pub fn compose(self, policy: &SenderPolicy, now: UnixTime) -> Result<Composed, MessageErrors> {
        let mut errors = MessageErrors::default();
        let from = errors.check(Field::From, policy.from(self.from.as_deref()));
        let recipient = |written: &str| {
            let mailbox = FromAddress::parse(written)?;
            policy.check_recipient(&mailbox.address)?;
            Ok(mailbox)
        };
        let to = mailboxes(&self.to, Field::ToAt, recipient, &mut errors);
        let cc = mailboxes(&self.cc, Field::CcAt, recipient, &mut errors);
        let bcc = mailboxes(&self.bcc, Field::BccAt, recipient, &mut errors);
        if self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty() {
            errors.add(Field::To, MessageFieldError::Required);
        }
        if self.to.len() + self.cc.len() + self.bcc.len() > MAX_RECIPIENTS {
            errors.add(Field::To, MessageFieldError::TooMany);
        }
        let any = |written: &str| FromAddress::parse(written).map_err(Into::into);
        let mut reply_to = mailboxes(&self.reply_to, Field::ReplyToAt, any, &mut errors);
        if self.reply_to.len() > MAX_REPLY_TO {
            errors.add(Field::ReplyTo, MessageFieldError::TooMany);
        }
        let subject = errors.check(Field::Subject, one_line(&self.subject, MAX_SUBJECT));
        if self.text.is_none() && self.html.is_none() {
            errors.add(Field::Text, MessageFieldError::Required);
        }
        let attachments = attachments(self.attachments, &mut errors);
        let headers = headers(self.headers, &mut errors);
        let (Some(from), Some(subject), true) = (from, subject, errors.is_empty()) else {
            return Err(errors);
        };
        let ResolvedFrom {
            from,
            reply_to: original,
        } = from;
        if reply_to.is_empty() {
            reply_to.extend(original);
        }

        let message_id = build::new_message_id(&from.address);
        let mut head = Head::default();
        head.add("Date", &build::date(now));
        head.add_mailboxes("From", std::slice::from_ref(&from));
        head.add_mailboxes("Reply-To", &reply_to);
        head.add_mailboxes("To", &to);
        head.add_mailboxes("Cc", &cc);
        if to.is_empty() && cc.is_empty() {
            head.add("To", "undisclosed-recipients:;");
        }
        if !subject.is_empty() {
            head.add("Subject", &header::text(&subject));
        }
        head.add("Message-ID", &message_id);
        for (name, value) in &headers {
            head.add(name, &free_header::value(name, value));
        }
        head.add("MIME-Version", "1.0");
        let mut content = head.into_bytes();
        content.extend(build::body(self.text, self.html, attachments));
        Composed {
            sender: from.address.clone(),
            recipients: recipients([
                (&to, RecipientKind::To),
                (&cc, RecipientKind::Cc),
                (&bcc, RecipientKind::Bcc),
            ]),
            message_id,
            from: from.to_string(),
            subject,
            content,
        }
        .within_size()
    }
}

fn mailboxes(
    written: &[String],
    field: impl Fn(usize) -> Field,
    parse: impl Fn(&str) -> Result<FromAddress, MessageFieldError>,
    errors: &mut MessageErrors,
) -> Vec<FromAddress> {
    let parsed = written.iter().enumerate().filter_map(|(number, text)| {
        // At most a thousand errors are reported.
        let wanted = number < MAX_RECIPIENTS;
        wanted.then(|| errors.check_address(field(number), text, parse(text)))?
    });
    parsed.collect()
}

/// Returns each recipient once, with the kind of the first list that names it.
pub(super) fn recipients<const N: usize>(
    lists: [(&Vec<FromAddress>, RecipientKind); N],
) -> Vec<Recipient> {
    let mut seen = std::collections::HashSet::new();
    let mut all = Vec::new();
    for (list, kind) in lists {
        for mailbox in list {
            if seen.insert(folded(&mailbox.address)) {
                all.push(Recipient::new(mailbox.address.clone(), kind));
            }
        }
    }
    all
}

/// Folds the case of an address, since hardly any server distinguishes local parts by case.
pub(super) fn folded(address: &EmailAddress) -> String {
    address.as_str().to_ascii_lowercase()
}

/// Trims text and checks that it is one line of at most `limit` characters.
pub(super) fn one_line(text: &str, limit: usize) -> Result<String, MessageFieldError> {
    if text.chars().any(char::is_control) {
        Err(MessageFieldError::ControlCharacter)
    } else if text.chars().count() > limit {
        Err(MessageFieldError::TooLong)
    } else {
        Ok(text.trim().to_owned())
    }
}

fn attachments(written: Vec<DraftAttachment>, errors: &mut MessageErrors) -> Vec<Attachment> {
    if written.len() > MAX_ATTACHMENTS {
        errors.add(Field::Attachments, MessageFieldError::TooMany);
        return Vec::new();
    }
    let parsed = written.into_iter().enumerate().filter_map(|(at, written)| {
        let name = one_line(&written.name, MAX_FILE_NAME).and_then(|name| {
            if name.is_empty() {
                Err(MessageFieldError::Required)
            } else if name.contains("=?") {
                // Some programs take it for an encoded word (RFC 2047) and show what is in it, line
                // breaks too.
                Err(MessageFieldError::NotAFileName)
            } else {
                Ok(name)
            }
        });
        let name = errors.check(Field::AttachmentName(at), name);
        let media = errors.check(Field::AttachmentType(at), media_type(&written.content_type));
        let content = BASE64_STANDARD.decode(written.content.as_bytes());
        let content = content.map_err(|_| MessageFieldError::NotBase64);
        let content = errors.check(Field::AttachmentContent(at), content);
        let id = written.content_id.map(content_id).transpose();
        let id = errors.check(Field::AttachmentId(at), id);
        Some(Attachment {
            name: name?,
            content_type: media?,
            content: content?,
            content_id: id?,
        })
    });
    parsed.collect()
}

/// A type that may be encoded in base64: RFC 2045 §6.4 allows that for neither `multipart` nor
/// `message`.
fn media_type(text: &str) -> Result<ContentType, MessageFieldError> {
    let text = match text.trim() {
        "" => "application/octet-stream",
        text => text,
    };
    let composite = ["multipart/", "message/"].iter().any(|kind| {
        text.get(..kind.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(kind))
    });
    let is_ascii = text.bytes().all(|b| (b' '..=b'~').contains(&b));
    if composite || !is_ascii || text.len() > 200 {
        return Err(MessageFieldError::NotAMediaType);
    }
    ContentType::parse(text).map_err(|_| MessageFieldError::NotAMediaType)
}

/// The inside of a Content-ID (RFC 2392 §2).
fn content_id(text: String) -> Result<String, MessageFieldError> {
    let good = |b: u8| b.is_ascii_graphic() && !b"<>\"(),:;[\\]".contains(&b);
    match text.len() {
        0 => Err(MessageFieldError::Required),
        201.. => Err(MessageFieldError::TooLong),
        _ if text.bytes().all(good) => Ok(text),
        _ => Err(MessageFieldError::ControlCharacter),
    }
}

fn headers(written: Vec<(String, String)>, errors: &mut MessageErrors) -> Vec<(String, String)> {
    if written.len() > MAX_HEADERS {
        errors.add(Field::Headers, MessageFieldError::TooMany);
        return Vec::new();
    }
    let mut seen = std::collections::HashSet::new();
    for (at, (name, value)) in written.iter().enumerate() {
        let checked = free_header::name(name);
        if errors.check(Field::HeaderName(at), checked).is_some()
            && !seen.insert(name.to_ascii_lowercase())
        {
            errors.add(Field::HeaderName(at), MessageFieldError::HeaderRepeated);
        }
        let checked = one_line(value, 8_000).and_then(|value| {
            if value.is_empty() {
                Err(MessageFieldError::Required)
            } else if header::fits(&free_header::value(name, &value)) {
                Ok(())
            } else {
                Err(MessageFieldError::TooLong)
            }
        });
        errors.check(Field::HeaderValue(at), checked);
    }
    written
}
