//! A file that came with a mail.

use mail_parser::MessagePart;

use super::{
    content::{file_name, media_type},
    parsed::Parsed,
};

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentFile {
    /// May be empty; holds no separators of paths and no control characters.
    pub name: String,
    /// What it says it is.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The attachment with a number, which counts from 1.
pub(super) fn attachment(raw: &[u8], number: u32) -> Option<AttachmentFile> {
    let parsed = Parsed::new(raw);
    let message = parsed.message()?;
    let part: &MessagePart<'_> = message.attachment(number.checked_sub(1)?)?;
    Some(AttachmentFile {
        name: file_name(mail_parser::MimeHeaders::attachment_name(part).unwrap_or_default()),
        media_type: media_type(part),
        bytes: parsed.file(part),
    })
}
