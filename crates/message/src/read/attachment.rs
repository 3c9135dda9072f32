//! A file attached to a message.

use super::mail::{file_name, media_type};
use crate::mime::Structure;

/// A file attached to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentFile {
    /// The file name, possibly empty, without path separators and control characters.
    pub name: String,
    /// The media type that the message declares.
    pub media_type: String,
    /// The content, byte for byte as the sender attached it.
    pub bytes: Vec<u8>,
}

/// Returns the attachment with a number, which counts from 1.
pub fn attachment(raw: &[u8], number: u32) -> Option<AttachmentFile> {
    let structure = Structure::of(raw);
    let index = usize::try_from(number.checked_sub(1)?).ok()?;
    let file = structure.files().nth(index)?;
    Some(AttachmentFile {
        name: file_name(file.name().unwrap_or_default()),
        media_type: media_type(&file),
        bytes: file.content().into_owned(),
    })
}
