//! Authorization requests whose user has not decided yet.

/// Authorization request of a user who is on the login or consent page.
#[derive(Clone)]
pub(crate) struct SignIn {
    pub(crate) scope: String,
    pub(crate) account: Option<String>,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) offline: bool,
}
