//! Ways to tell somebody.

use serde::{Deserialize, Serialize};

use super::RouteId;
use crate::{DataCenterId, EmailAddress, codes::codes};

codes! {
    /// The shape in which a route is told.
    RouteKind {
        /// Our own JSON, signed as Standard Webhooks says.
        Webhook = "webhook",
        /// An incoming webhook of Slack.
        Slack = "slack",
        /// A workflow of Microsoft Teams that takes adaptive cards.
        Teams = "teams",
        /// An incoming webhook of Mattermost.
        Mattermost = "mattermost",
        /// An email through another data center.
        Mail = "mail",
    }
}

/// A way to tell somebody, as pages show it: without the URL and the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRoute {
    /// Its id.
    pub id: RouteId,
    /// Its shape.
    pub kind: RouteKind,
    /// The host of the URL; empty for mail.
    pub host: String,
    /// Whether a signing secret is saved.
    pub has_secret: bool,
    /// The data center that mail goes through.
    pub via: Option<DataCenterId>,
    /// Who gets the mail.
    pub recipient: Option<EmailAddress>,
}
