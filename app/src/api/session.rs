//! Who asks, what became of a form that was posted, and what one-use links are good for. Only the server renders the pages
//! that show it.

use domain::{AccountName, Role, Session, SignedIn};

use crate::{error::ApiError, posted::Posted};

/// Who has signed in; `None` on pages that are open to everybody.
pub fn visitor() -> Option<SignedIn> {
    #[cfg(feature = "ssr")]
    return super::context::visitor();
    #[cfg(not(feature = "ssr"))]
    None
}

/// The path of the page that is being made.
pub fn path() -> String {
    #[cfg(feature = "ssr")]
    return super::context::path();
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// Whether who asks may do what a role may.
pub fn may(role: Role) -> bool {
    visitor().is_some_and(|visitor| visitor.role.includes(role))
}

/// What became of the form that was posted to this page.
pub fn posted() -> Option<Posted> {
    #[cfg(feature = "ssr")]
    return super::context::posted();
    #[cfg(not(feature = "ssr"))]
    None
}

/// Whether a token is that of the setup link. When there is an account already, the browser is sent to sign in.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn is_setup_link(token: String) -> Result<bool, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::is_setup_link(&token).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(token).await
}

/// Whose password a link is for; `None` when it is not good.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn password_link(token: String) -> Result<Option<AccountName>, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::password_link(&token).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(token).await
}

/// The own account.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// Who it is.
    pub own: SignedIn,
    /// Its sessions.
    pub sessions: Vec<Session>,
}

/// The own account with its sessions.
///
/// # Errors
/// `SignedOut`, `Unavailable`; `Offline` in the browser.
pub async fn account_page() -> Result<AccountPage, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::account_page().await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(()).await
}

#[cfg(feature = "ssr")]
mod verbs {
    use access::Token;
    use domain::AccountName;

    use super::AccountPage;
    use crate::{
        api::context::{access, redirect, signed_in},
        error::ApiError,
        paths,
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
