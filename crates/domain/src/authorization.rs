//! Authorizations as pages show them.

use serde::{Deserialize, Serialize};

use crate::{DataCenter, Finding, UnixTime, id::random_id};

random_id! {
    /// Names an authorization.
    AuthorizationId
}

/// The issuer of an authorization server, as its metadata names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIssuer {
    /// `issuer` (RFC 8414 §2).
    pub issuer: String,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 §3): each response names the issuer.
    pub announces_iss: bool,
}

/// How an authorization stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorizationState {
    /// The administrator has not come back yet.
    Pending {
        /// Whose settings are authorized.
        data_center: DataCenter,
        /// When it ends by itself.
        expires_at: UnixTime,
    },
    /// SMTP settings authorized.
    Authorized {
        /// Whose settings were authorized.
        data_center: DataCenter,
        /// Who signed in: as the provider said, else the user name asked for.
        account: String,
        /// Whether the provider itself named the account.
        account_confirmed: bool,
        /// When the access token expires.
        valid_until: UnixTime,
        /// What was granted, as the provider said.
        scope: String,
        /// The account that signed in is not the user name of the settings.
        other_account: Option<String>,
    },
    /// Nothing came of it.
    Failed {
        /// Whose settings were to be authorized, when that is known.
        data_center: Option<DataCenter>,
        /// Why, and what to do.
        finding: Finding,
        /// The grant that the data center has now.
        grant: GrantAfterFailure,
    },
}

/// The grant of a data center after an authorization has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GrantAfterFailure {
    /// An earlier grant is still in use.
    InUse,
    /// There is none for the saved settings: mail waits.
    Missing,
    /// The failure is about no data center, or its settings do not use OAuth.
    NotConcerned,
}
