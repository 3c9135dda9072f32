//! Input and output of grants.

use std::time::Duration;

/// Consent of a user.
#[derive(Clone)]
pub(crate) struct Consent {
    pub(crate) account: String,
    pub(crate) scope: String,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: Option<String>,
    pub(crate) offline: bool,
}

/// Tokens issued from a grant.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) account: String,
    pub(crate) scope: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
}

/// Current rules for issuing tokens.
pub(crate) struct Issuing {
    pub(crate) lifetime: Duration,
    pub(crate) length: usize,
    pub(crate) refresh_token: bool,
    pub(crate) rotate: bool,
    pub(crate) scope: Option<String>,
}

/// Reason why no token is issued. The text becomes the `error_description` of `invalid_grant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidGrant(pub(crate) &'static str);
