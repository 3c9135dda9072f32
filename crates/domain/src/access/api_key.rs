//! API keys, which authenticate programs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    DataCenterId, SenderId, TextError, UnixTime, codes::codes, id::random_id, one_line::one_line,
};

random_id! {
    /// ID of an API key in lists and in the database. It is not part of the secret key.
    ApiKeyId
}

codes! {
    /// Permission that an API key grants to a program.
    KeyScope {
        /// Submits messages, and retries or cancels them.
        Send = "send",
        /// Reads submitted messages, their delivery states, and the status of data centers.
        Messages = "messages",
        /// Reads the mailbox: folders, mail, and attachments.
        Mailbox = "mailbox",
        /// Reads the metrics and the status of data centers.
        Metrics = "metrics",
        /// Reads, adds, changes, and removes senders.
        Senders = "senders",
    }
}

/// Name of an API key, chosen by the user who created it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyName(String);

impl ApiKeyName {
    /// Parses a name of 1 to 64 characters. Surrounding white space is removed.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `ControlCharacter`.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        one_line(typed, 64).map(Self)
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiKeyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// API key as pages show it, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Identifier, which is not secret.
    pub id: ApiKeyId,
    /// Name that describes the key's purpose.
    pub name: ApiKeyName,
    /// Permissions of the key; never empty.
    pub scopes: Vec<KeyScope>,
    /// Data center that the key is limited to. `None` allows all data centers.
    pub data_center: Option<DataCenterId>,
    /// Sender that the key belongs to. Its rules and data center apply to the mail of the key.
    pub sender: Option<SenderId>,
    /// Time of creation.
    pub created_at: UnixTime,
    /// Time at which the key expires. `None` means that it does not expire.
    pub expires_at: Option<UnixTime>,
    /// Time of the last use, accurate to one minute.
    pub last_used_at: Option<UnixTime>,
}
