//! The account of the user, and one-use links. Only the server renders the pages that show them.

use domain::{AccountName, Session, SignedIn};

use crate::error::ApiError;

/// Returns true if the token belongs to the setup link. Redirects to the sign-in page if an account
/// exists.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn is_setup_link(token: String) -> Result<bool, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::is_setup_link(&token).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(token).await
}

/// Returns the account that a password link is for, or `None` if the link is invalid.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn password_link(token: String) -> Result<Option<AccountName>, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::password_link(&token).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(token).await
}

/// Account of the user, with its sessions.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// The user.
    pub own: SignedIn,
    /// Sessions of the account.
    pub sessions: Vec<Session>,
}

/// Loads the account of the user with its sessions.
///
/// # Errors
/// `SignedOut`, `Unavailable`; `Offline` in the browser.
pub async fn account_page() -> Result<AccountPage, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::account_page().await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(()).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use access::Token;
    use domain::AccountName;

    use super::AccountPage;
    use crate::{
        error::ApiError,
        paths,
        request::context::{access, redirect, signed_in},
    };

    pub async fn is_setup_link(token: &str) -> Result<bool, ApiError> {
        let access = access()?;
        if !access.needs_setup().await? {
            redirect(paths::Login::PATH)?;
            return Ok(false);
        }
        match Token::parse(token) {
            Some(token) => Ok(access.is_setup_link(&token).await?),
            None => Ok(false),
        }
    }

    pub async fn password_link(token: &str) -> Result<Option<AccountName>, ApiError> {
        match Token::parse(token) {
            Some(token) => Ok(access()?.password_link(&token).await?),
            None => Ok(None),
        }
    }

    pub async fn account_page() -> Result<AccountPage, ApiError> {
        let own = signed_in()?;
        let sessions = access()?.sessions(Some(&own.account)).await?;
        Ok(AccountPage { own, sessions })
    }
}
