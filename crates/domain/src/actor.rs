//! Actors: the originators of the actions in the audit.

use serde::{Deserialize, Serialize};

use crate::AccountName;

/// Kind of actor, with its name if it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Principal {
    /// Signed-in user.
    Account(AccountName),
    /// Program, by the name of its API key.
    Key(String),
    /// Program or device, by the name of its sender.
    Sender(String),
    /// User of the command line on the server's machine.
    CommandLine,
    /// Mailgrant itself, for example when it refreshes a token.
    Mailgrant,
    /// Visitor who has not signed in.
    Nobody,
}

impl Principal {
    /// Returns the code of the kind, as the database stores it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Key(_) => "key",
            Self::Sender(_) => "sender",
            Self::CommandLine => "command_line",
            Self::Mailgrant => "mailgrant",
            Self::Nobody => "nobody",
        }
    }

    /// Returns the name of the account, key, or sender; empty for other kinds.
    pub fn name(&self) -> &str {
        match self {
            Self::Account(name) => name.as_str(),
            Self::Key(name) | Self::Sender(name) => name,
            Self::CommandLine | Self::Mailgrant | Self::Nobody => "",
        }
    }
}

/// Actor of an action, with the address that it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// User, program, or component that acts.
    pub who: Principal,
    /// IP address of the request. Empty if there was no request.
    pub address: String,
}

impl Actor {
    /// Returns the actor for Mailgrant's own actions.
    pub fn mailgrant() -> Self {
        Self {
            who: Principal::Mailgrant,
            address: String::new(),
        }
    }

    /// Returns the actor for the command line.
    pub fn command_line() -> Self {
        Self {
            who: Principal::CommandLine,
            address: String::new(),
        }
    }

    /// Returns the actor for a visitor at `address` who has not signed in.
    pub fn anonymous(address: impl Into<String>) -> Self {
        Self {
            who: Principal::Nobody,
            address: address.into(),
        }
    }
}
