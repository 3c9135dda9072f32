//! The fields of a message.

/// A field of a submitted message. Numbers count the entries of lists from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageField {
    /// The message as a whole.
    Message,
    /// The data center to send from.
    DataCenter,
    /// The `From` address.
    From,
    /// The sender address of the envelope.
    Sender,
    /// The list `To`, or all recipients.
    To,
    /// A recipient in `To`.
    ToAt(usize),
    /// The list `Cc`.
    Cc,
    /// A recipient in `Cc`.
    CcAt(usize),
    /// The list `Bcc`.
    Bcc,
    /// A recipient in `Bcc`.
    BccAt(usize),
    /// The list `Reply-To`.
    ReplyTo,
    /// An address in `Reply-To`.
    ReplyToAt(usize),
    /// The subject.
    Subject,
    /// The plain text.
    Text,
    /// The HTML.
    Html,
    /// The list of attachments.
    Attachments,
    /// The file name of an attachment.
    AttachmentName(usize),
    /// The media type of an attachment.
    AttachmentType(usize),
    /// The content of an attachment.
    AttachmentContent(usize),
    /// The Content-ID of an attachment.
    AttachmentId(usize),
    /// The list of further header fields.
    Headers,
    /// The name of a header field.
    HeaderName(usize),
    /// The value of a header field.
    HeaderValue(usize),
}

impl MessageField {
    /// Returns the JSON pointer (RFC 6901) to the field in a request of the API.
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
