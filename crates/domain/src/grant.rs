//! Grants as pages show them.

use serde::{Deserialize, Serialize};

use crate::{EndpointUrl, Finding, Host, Scope, UnixTime};

/// The values a grant was given for. When one of them changes the grant ends: its tokens never
/// go to another SMTP or IMAP host, and never stand for another client, account or scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantBinding {
    /// The SMTP server the access token is sent to.
    pub smtp_host: Host,
    /// The IMAP server it is sent to as well, when the mailbox is opened with the same authorization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imap_host: Option<Host>,
    /// Who signs in there.
    pub username: String,
    /// The OAuth client.
    pub client_id: String,
    /// Where the administrator signed in.
    pub authorization_endpoint: EndpointUrl,
    /// Where the refresh token is sent to.
    pub token_endpoint: EndpointUrl,
    /// What was asked for.
    pub scope: Scope,
}

impl GrantBinding {
    /// Whether a grant for these values may be used for those `asked` for: they are the same, or
    /// the token goes to fewer servers than it might.
    pub fn covers(&self, asked: &Self) -> bool {
        let imap_host = asked.imap_host.clone().or_else(|| self.imap_host.clone());
        let asked = Self {
            imap_host,
            ..asked.clone()
        };
        *self == asked
    }
}

/// What the settings page says about the grant of a data center.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantStatus {
    /// The saved settings do not use OAuth.
    NotUsed,
    /// No authorization has been finished for the saved values.
    NotAuthorized {
        /// When a save ended an earlier grant; `None` when there was none.
        ended_by_save: Option<UnixTime>,
    },
    /// A grant is held and works as far as is known.
    Authorized {
        /// Who signed in: as the provider said, else the user name asked for.
        account: String,
        /// Whether the provider itself named the account.
        account_confirmed: bool,
        /// When the authorization was finished.
        authorized_at: UnixTime,
        /// When the access token expires.
        valid_until: UnixTime,
        /// What was granted, as the provider said.
        scope: String,
        /// The last renewal failed in a way that is tried again.
        trouble: Option<Finding>,
    },
    /// The grant has ended; mail waits until somebody authorizes again.
    NeedsAuthorization {
        /// Who had signed in.
        account: String,
        /// When it was noticed.
        since: UnixTime,
        /// Why.
        finding: Finding,
    },
}
