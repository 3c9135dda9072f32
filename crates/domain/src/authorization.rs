//! Authorizations as pages show them.

use serde::{Deserialize, Serialize};

use crate::{DataCenter, Finding, UnixTime, id::random_id};

random_id! {
    /// ID of an authorization.
    AuthorizationId
}

/// Issuer of an authorization server, as its metadata names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIssuer {
    /// `issuer` (RFC 8414 §2).
    pub issuer: String,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3): every response names the
    /// issuer.
    pub announces_iss: bool,
}

/// State of an authorization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorizationState {
    /// The administrator has not returned from the provider yet.
    Pending {
        /// Data center that is being authorized.
        data_center: DataCenter,
        /// Time at which the authorization expires.
        expires_at: UnixTime,
    },
    /// The authorization succeeded.
    Authorized {
        /// Data center that was authorized.
        data_center: DataCenter,
        /// Account that signed in: the one that the provider named, else the configured user name.
        account: String,
        /// True if the provider named the account.
        account_confirmed: bool,
        /// Time at which the access token expires.
        valid_until: UnixTime,
        /// Granted scope, as the provider reported it.
        scope: String,
        /// Account that signed in, if it differs from the configured user name.
        other_account: Option<String>,
    },
    /// The authorization failed.
    Failed {
        /// Data center that was being authorized, if it is known.
        data_center: Option<DataCenter>,
        /// Cause and fix.
        finding: Finding,
        /// Grant that the data center has now.
        grant: GrantAfterFailure,
    },
}

/// Grant of a data center after a failed authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantAfterFailure {
    /// An earlier grant is still in use.
    InUse,
    /// The saved settings have no grant, so mail waits.
    Missing,
    /// No data center is known, or its settings do not use OAuth.
    NotConcerned,
}
