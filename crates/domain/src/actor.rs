//! Who does something, and from where.

use serde::{Deserialize, Serialize};

use crate::AccountName;

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Who {
    /// Somebody who has signed in.
    Account(AccountName),
    /// A program, by the name of its API key.
    Key(String),
    /// Whoever runs the program on the machine itself.
    CommandLine,
    /// Mailgrant by itself, as when it renews a token.
    Mailgrant,
    /// Somebody who has not signed in.
    Nobody,
}

impl Who {
    /// The kind in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Key(_) => "key",
            Self::CommandLine => "command_line",
            Self::Mailgrant => "mailgrant",
            Self::Nobody => "nobody",
        }
    }

    /// The name, where there is one.
    pub fn name(&self) -> &str {
        match self {
            Self::Account(name) => name.as_str(),
            Self::Key(name) => name,
            Self::CommandLine | Self::Mailgrant | Self::Nobody => "",
        }
    }
}

/// Who does something, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub who: Who,
    /// The IP address the request came from; empty when there was no request.
    pub address: String,
}

impl Actor {
    /// Mailgrant by itself.
    pub fn mailgrant() -> Self {
        Self {
            who: Who::Mailgrant,
            address: String::new(),
        }
    }

    /// The command line.
    pub fn command_line() -> Self {
        Self {
            who: Who::CommandLine,
            address: String::new(),
        }
    }

    /// Somebody at an address who has not signed in.
    pub fn nobody(address: impl Into<String>) -> Self {
        Self {
            who: Who::Nobody,
            address: address.into(),
        }
    }
}
