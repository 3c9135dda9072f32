//! A spooled message with its envelope.

use std::io;

use mail::RemoteMessage;
use serde::{Deserialize, Serialize};

/// A spooled message with its envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spooled {
    /// Envelope recipients.
    pub recipients: Vec<String>,
    /// The envelope sender.
    pub sender: Option<String>,
    /// The data center to send from.
    pub data_center: Option<String>,
    /// True if the server is to replace a From address that is not allowed.
    pub replace_from: bool,
    /// The message. In the file it follows the line with the envelope.
    #[serde(skip)]
    pub content: Vec<u8>,
}

impl Spooled {
    /// Returns the message for submission. The file name is the idempotency key.
    pub fn remote<'a>(&'a self, name: &'a str) -> RemoteMessage<'a> {
        RemoteMessage {
            idempotency_key: name,
            data_center: self.data_center.as_deref(),
            recipients: &self.recipients,
            sender: self.sender.as_deref(),
            replace_from: self.replace_from,
            spooled: false,
            content: &self.content,
        }
    }

    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&self.content);
        Ok(bytes)
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|b| *b == b'\n')?;
        let mut message: Self = serde_json::from_slice(&bytes[..end]).ok()?;
        message.content = bytes[end + 1..].to_vec();
        Some(message)
    }
}
