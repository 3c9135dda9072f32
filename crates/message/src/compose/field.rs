//! The fields of a message.

/// A field of a message that is handed over. Numbers count the entries of lists from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageField {
    /// The message as a whole.
    Message,
    /// Where it is sent from.
    DataCenter,
    /// Who it is from.
    From,
    /// The address of the envelope.
    Sender,
    /// All who get it in `To`, or all who get it.
    To,
    /// One of them.
    ToAt(usize),
    /// All who get it in `Cc`.
    Cc,
    /// One of them.
    CcAt(usize),
    /// All who get it in no header.
    Bcc,
    /// One of them.
    BccAt(usize),
    /// All who get answers.
    ReplyTo,
    /// One of them.
    ReplyToAt(usize),
    /// What it is about.
    Subject,
    /// Its text.
    Text,
    /// Its HTML.
    Html,
    /// All attachments.
    Attachments,
    /// The name of one.
    AttachmentName(usize),
    /// The media type of one.
    AttachmentType(usize),
    /// The content of one.
    AttachmentContent(usize),
    /// The content id of one.
    AttachmentId(usize),
    /// All further header fields.
    Headers,
    /// The name of one.
    HeaderName(usize),
    /// The value of one.
    HeaderValue(usize),
}

impl MessageField {
    /// Where it stands in the JSON of the API (RFC 6901).
    pub fn pointer(self) -> String {
        let at = |list: &str, number: usize| format!("/{list}/{number}");
        match self {
            Self::Message => String::new(),
            Self::DataCenter => "/data_center".into(),
            Self::From => "/from".into(),
            Self::Sender => "/sender".into(),
            Self::To => "/to".into(),
            Self::ToAt(number) => at("to", number),
            Self::Cc => "/cc".into(),
            Self::CcAt(number) => at("cc", number),
            Self::Bcc => "/bcc".into(),
            Self::BccAt(number) => at("bcc", number),
            Self::ReplyTo => "/reply_to".into(),
            Self::ReplyToAt(number) => at("reply_to", number),
            Self::Subject => "/subject".into(),
            Self::Text => "/text".into(),
            Self::Html => "/html".into(),
            Self::Attachments => "/attachments".into(),
            Self::AttachmentName(number) => at("attachments", number) + "/name",
            Self::AttachmentType(number) => at("attachments", number) + "/content_type",
            Self::AttachmentContent(number) => at("attachments", number) + "/content",
            Self::AttachmentId(number) => at("attachments", number) + "/content_id",
            Self::Headers => "/headers".into(),
            Self::HeaderName(number) => at("headers", number) + "/name",
            Self::HeaderValue(number) => at("headers", number) + "/value",
        }
    }
}
