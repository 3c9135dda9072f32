//! The request that the server answers: the user, the path, and the result of a posted form. They
//! decide what a page shows. Only the server knows them, so the browser renders no such page.

#[cfg(feature = "ssr")]
pub mod context;

use domain::{Role, SignedIn};

/// Returns the user. `None` on pages that do not require a sign-in.
pub(crate) fn visitor() -> Option<SignedIn> {
    #[cfg(feature = "ssr")]
    return context::visitor();
    #[cfg(not(feature = "ssr"))]
    None
}

/// Returns the redirect URL of this server. `None` without a signed-in user.
pub(crate) fn redirect_url() -> Option<String> {
    #[cfg(feature = "ssr")]
    return context::redirect_url();
    #[cfg(not(feature = "ssr"))]
    None
}

/// Returns the path of the page that is being rendered.
pub(crate) fn path() -> String {
    #[cfg(feature = "ssr")]
    return context::path();
    #[cfg(not(feature = "ssr"))]
    String::new()
}

/// Returns true if the user has a role, or one that includes it.
pub(crate) fn may(role: Role) -> bool {
    visitor().is_some_and(|visitor| visitor.role.includes(role))
}

/// Returns the value that the handler of a posted form passes to the page.
pub(crate) fn posted<T: Clone + Send + Sync + 'static>() -> Option<T> {
    #[cfg(feature = "ssr")]
    return context::posted();
    #[cfg(not(feature = "ssr"))]
    None
}
