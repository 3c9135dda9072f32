//! Grants as pages show them.

use serde::{Deserialize, Serialize};

use crate::{EndpointUrl, Finding, Host, Scope, UnixTime};

/// Values that a grant is bound to. A change of any of them ends the grant. This keeps its tokens
/// from being sent to another SMTP or IMAP host, or used for another client, account, or scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantBinding {
    /// SMTP server that receives the access token.
    pub smtp_host: Host,
    /// IMAP server that also receives the access token, if the mailbox uses the same authorization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imap_host: Option<Host>,
    /// User name at these servers.
    pub username: String,
    /// ID of the OAuth client.
    pub client_id: String,
    /// Endpoint at which the administrator signed in.
    pub authorization_endpoint: EndpointUrl,
    /// Endpoint that receives the refresh token.
    pub token_endpoint: EndpointUrl,
    /// Requested scope.
    pub scope: Scope,
}

impl GrantBinding {
    /// Returns true if a grant for these values may be used for the values of `requested`. They
    /// must be equal, but `requested` may omit the IMAP server.
    pub fn covers(&self, requested: &Self) -> bool {
        let imap_host = requested
            .imap_host
            .clone()
            .or_else(|| self.imap_host.clone());
        let requested = Self {
            imap_host,
            ..requested.clone()
        };
        *self == requested
    }
}

/// Status of a data center's grant on the settings page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantStatus {
    /// The saved settings do not use OAuth.
    NotUsed,
    /// No authorization was completed for the saved values.
    NotAuthorized {
        /// Time of the save that ended an earlier grant. `None` if there was none.
        ended_by_save: Option<UnixTime>,
    },
    /// A grant exists, and no failure is known that ends it.
    Authorized {
        /// Account that signed in: the one that the provider named, else the configured user name.
        account: String,
        /// True if the provider named the account.
        account_confirmed: bool,
        /// Time at which the authorization was completed.
        authorized_at: UnixTime,
        /// Time at which the access token expires.
        valid_until: UnixTime,
        /// Granted scope, as the provider reported it.
        scope: String,
        /// Failure of the last refresh, which will be retried.
        trouble: Option<Finding>,
    },
    /// The grant has ended. Mail waits for a new authorization.
    NeedsAuthorization {
        /// Account that had signed in.
        account: String,
        /// Time at which the end was detected.
        since: UnixTime,
        /// Reason for the end.
        finding: Finding,
    },
}
