//! Notification channels.

use serde::{Deserialize, Serialize};

use super::ChannelId;
use crate::{DataCenterId, EmailAddress, codes::codes};

codes! {
    /// Kind of a channel, which decides the format of its notifications.
    ChannelKind {
        /// Webhook with Mailgrant's own JSON, signed according to Standard Webhooks.
        Webhook = "webhook",
        /// Incoming webhook of Slack.
        Slack = "slack",
        /// Workflow of Microsoft Teams that accepts adaptive cards.
        Teams = "teams",
        /// Incoming webhook of Mattermost.
        Mattermost = "mattermost",
        /// Email, sent through another data center.
        Mail = "mail",
    }
}

/// Channel as pages show it, without its URL and secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertChannel {
    /// Stable ID.
    pub id: ChannelId,
    /// Kind of the channel.
    pub kind: ChannelKind,
    /// Host of the URL. Empty for email.
    pub host: String,
    /// True if a signing secret is saved.
    pub has_secret: bool,
    /// Data center that sends the email.
    pub via: Option<DataCenterId>,
    /// Recipient of the email.
    pub recipient: Option<EmailAddress>,
}
