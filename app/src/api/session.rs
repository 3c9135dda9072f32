//! Session of a request, results of posted forms, and one-use links. Only the server renders the
//! pages that show it.

use domain::{AccountName, Role, Session, SignedIn};

use crate::error::ApiError;

/// Returns the user. `None` on pages that do not require a sign-in.
pub fn visitor() -> Option<SignedIn> {
    #[cfg(feature = "ssr")]
    return super::context::visitor();
    #[cfg(not(feature = "ssr"))]
    None
}

/// Returns the path of the page that is being rendered.
pub fn path() -> String {
    #[cfg(feature = "ssr")]
    return super::context::path();
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// Returns true if the user has a role, or one that includes it.
pub fn may(role: Role) -> bool {
    visitor().is_some_and(|visitor| visitor.role.includes(role))
}

/// Returns the value that the handler of a posted form passes to the page.
pub fn posted<T: Clone + Send + Sync + 'static>() -> Option<T> {
    #[cfg(feature = "ssr")]
    return super::context::posted();
    #[cfg(not(feature = "ssr"))]
    None
}

/// Returns true if the token belongs to the setup link. Redirects to the sign-in page if an account
/// exists.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn is_setup_link(token: String) -> Result<bool, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::is_setup_link(&token).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(token).await
}

/// Returns the account that a password link is for, or `None` if the link is invalid.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn password_link(token: String) -> Result<Option<AccountName>, ApiError> {
    #[cfg(feature = "ssr")]
    return super::context::answer(verbs::password_link(&token).await);
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
