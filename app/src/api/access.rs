//! Data of the page about accounts, sessions, and API keys. Only the server renders it.

use domain::{Account, ApiKey, DataCenter, Sender, Session, SignedIn};

use crate::error::ApiError;

/// Accounts, sessions, and API keys, with the data for their forms.
#[derive(Clone, Debug)]
pub struct AccessPage {
    /// The user who opened the page.
    pub own: SignedIn,
    /// All accounts.
    pub accounts: Vec<Account>,
    /// All sessions.
    pub sessions: Vec<Session>,
    /// All API keys.
    pub keys: Vec<ApiKey>,
    /// All data centers, for the choice that limits a key.
    pub data_centers: Vec<DataCenter>,
    /// All senders, for the choice that binds a key to one.
    pub senders: Vec<Sender>,
}

/// Loads the data of the page about access.
///
/// # Errors
/// `SignedOut`, `Unavailable`; `Offline` in the browser.
pub async fn access_page() -> Result<AccessPage, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::page().await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(()).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use super::AccessPage;
    use crate::{
        error::ApiError,
        request::context::{access, mailer, signed_in},
    };

    pub async fn page() -> Result<AccessPage, ApiError> {
        let (own, access) = (signed_in()?, access()?);
        Ok(AccessPage {
            own,
            accounts: access.accounts().await?,
            sessions: access.sessions(None).await?,
            keys: access.api_keys().await?,
            data_centers: mailer()?.settings.data_centers().await?,
            senders: access.senders().await?,
        })
    }
}
