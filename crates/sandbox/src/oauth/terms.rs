//! What goes into a grant and what comes out of it.

use std::time::Duration;

/// What the user agreed to.
#[derive(Clone)]
pub(crate) struct Consent {
    pub(crate) account: String,
    pub(crate) scope: String,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: Option<String>,
    pub(crate) offline: bool,
}

/// What comes out of a grant.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) account: String,
    pub(crate) scope: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
}

/// How tokens are made now.
pub(crate) struct Issuing {
    pub(crate) lifetime: Duration,
    pub(crate) length: usize,
    pub(crate) refresh_token: bool,
    pub(crate) rotate: bool,
    pub(crate) scope: Option<String>,
}

/// Why nothing is issued; the text becomes `error_description` of `invalid_grant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvalidGrant(pub(crate) &'static str);
