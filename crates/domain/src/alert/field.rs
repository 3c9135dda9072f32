//! Fields of the forms about alerts.

use serde::{Deserialize, Serialize};

/// Field of a form about alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertField {
    /// Kind of the channel.
    Kind,
    /// URL of a webhook.
    Url,
    /// Secret that signs webhook requests.
    Secret,
    /// Data center that sends notification emails.
    Via,
    /// Recipient of notification emails.
    Recipient,
    /// Conditions that notifications are sent for.
    Kinds,
    /// Minutes after which a waiting message raises an alert.
    OutboxMinutes,
    /// Days between the notification and the end of a secret or grant.
    DaysBefore,
    /// Day on which a client secret expires.
    ClientSecretExpires,
}

impl AlertField {
    /// Every field, in the order of the forms.
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

    /// Returns the `name` attribute of the field's input element.
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
