//! The fields of the forms about alerts.

use serde::{Deserialize, Serialize};

/// A field of these forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertField {
    /// The shape of a route.
    Kind,
    /// The URL of a webhook.
    Url,
    /// What a webhook is signed with.
    Secret,
    /// The data center that mail goes through.
    Via,
    /// Who gets the mail.
    Recipient,
    /// Which conditions are told.
    Kinds,
    /// After how many minutes a message is too old.
    OutboxMinutes,
    /// How many days before the end it is told.
    DaysBefore,
    /// The day on which a client secret expires.
    ClientSecretExpires,
}

impl AlertField {
    /// Every field.
    pub const ALL: &[Self] = &[
        Self::Kind,
        Self::Url,
        Self::Secret,
        Self::Via,
        Self::Recipient,
        Self::Kinds,
        Self::OutboxMinutes,
        Self::DaysBefore,
        Self::ClientSecretExpires,
    ];

    /// The name of its input.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Url => "url",
            Self::Secret => "secret",
            Self::Via => "via",
            Self::Recipient => "recipient",
            Self::Kinds => "kinds",
            Self::OutboxMinutes => "outbox_minutes",
            Self::DaysBefore => "days_before",
            Self::ClientSecretExpires => "client_secret_expires",
        }
    }
}
