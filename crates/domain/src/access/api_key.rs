//! API keys: what programs show instead of signing in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DataCenterId, FieldError, UnixTime, codes::codes, id::random_id, one_line::one_line};

random_id! {
    /// Names an API key in lists and in the database; no part of the key itself.
    ApiKeyId
}

codes! {
    /// What a program may do with an API key.
    KeyScope {
        /// Submits messages, and retries or cancels them.
        Send = "send",
        /// Reads submitted messages, their delivery states, and the status of data centers.
        Messages = "messages",
        /// Reads the mailbox: folders, mail, and attachments.
        Mailbox = "mailbox",
        /// Reads the metrics and the status of data centers.
        Metrics = "metrics",
    }
}

/// What an API key is for, in the words of whoever made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyName(String);

impl ApiKeyName {
    /// Reads a name of 1 to 64 characters; white space around it goes.
    ///
    /// # Errors
    /// `Required`, `TooLong`, `ControlCharacter`.
    pub fn parse(typed: &str) -> Result<Self, FieldError> {
        one_line(typed, 64).map(Self)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ApiKeyName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An API key as pages show it: without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: ApiKeyName,
    /// What it may be used for; not empty.
    pub scopes: Vec<KeyScope>,
    /// The one data center it is good for; `None`: all.
    pub data_center: Option<DataCenterId>,
    /// When it was made.
    pub created_at: UnixTime,
    /// When it ends by itself.
    pub expires_at: Option<UnixTime>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<UnixTime>,
}
