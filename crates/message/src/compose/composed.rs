//! A message that is ready to be sent.

use domain::{EmailAddress, MessageFieldError, Recipient};

use super::{MessageErrors, MessageField};

/// Maximum size of a message in octets. No large provider accepts more.
const MAX_SIZE: usize = 35 * 1_048_576;

/// A message that is ready to be sent, with its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// The sender address of the envelope.
    pub sender: EmailAddress,
    /// The recipients of the envelope; not empty.
    pub recipients: Vec<Recipient>,
    /// The Message-ID in the content, with angle brackets.
    pub message_id: String,
    /// The `From` header field, for display.
    pub from: String,
    /// The subject, decoded.
    pub subject: String,
    /// The whole message (RFC 5322), lines ended by CRLF, without `Bcc`.
    pub content: Vec<u8>,
}

impl Composed {
    /// Returns the message if its content is not too large.
    pub(super) fn within_size(self) -> Result<Self, MessageErrors> {
        if self.content.len() > MAX_SIZE {
            return Err(MessageErrors::one(
                MessageField::Message,
                MessageFieldError::TooLong,
            ));
        }
        Ok(self)
    }
}
