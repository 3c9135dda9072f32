//! Authorizations and grants.

use domain::{AuthorizationId, AuthorizationState, GrantStatus};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Authorization that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// The authorization.
    pub id: AuthorizationId,
    /// URL of the provider's sign-in page.
    pub url: String,
}

/// Returns the state of the grant of a data center.
///
/// # Errors
/// `UnknownDataCenter`, `Unavailable`, `Offline`.
#[server(name = ReadGrantStatus, prefix = "/api", endpoint = "grant_status")]
pub async fn grant_status(data_center: String) -> Result<GrantStatus, ApiError> {
    crate::request::context::answer(verbs::grant_status(&data_center).await)
}

/// Returns the state of an authorization, or `None` if it does not exist. Only the server renders
/// pages. The browser reads the state from the page.
///
/// # Errors
/// `Unavailable`; `Offline` in the browser.
pub async fn authorization(id: String) -> Result<Option<AuthorizationState>, ApiError> {
    #[cfg(feature = "ssr")]
    return crate::request::context::answer(verbs::authorization(&id).await);
    #[cfg(not(feature = "ssr"))]
    super::elsewhere(id).await
}

/// Starts a new authorization for saved settings.
///
/// # Errors
/// `UnknownDataCenter`, `NotOAuth`, `Unavailable`, `Offline`.
#[server(prefix = "/api", endpoint = "authorize_again")]
pub async fn authorize_again(data_center: String) -> Result<SignIn, ApiError> {
    let answer = verbs::begin(&data_center).await;
    if let Ok(sign_in) = &answer
        && crate::request::context::request()?.wants_html
    {
        crate::request::context::redirect(&sign_in.url)?;
    }
    crate::request::context::answer(answer)
}

#[cfg(feature = "ssr")]
mod verbs {
    use domain::{AuthorizationId, AuthorizationState, GrantStatus};

    use super::SignIn;
    use crate::{
        error::ApiError,
        request::context::{data_center_id, mailer, request, signed_in},
    };

    pub async fn grant_status(data_center: &str) -> Result<GrantStatus, ApiError> {
        Ok(mailer()?
            .settings
            .grant_status(&data_center_id(data_center)?)
            .await?)
    }

    pub async fn authorization(id: &str) -> Result<Option<AuthorizationState>, ApiError> {
        match AuthorizationId::parse(id) {
            Ok(id) => Ok(mailer()?.authorizations.get(&id).await?),
            Err(_) => Ok(None),
        }
    }

    pub async fn begin(data_center: &str) -> Result<SignIn, ApiError> {
        let id = data_center_id(data_center)?;
        let (session, by) = (signed_in()?.session, request()?.actor);
        let begun = mailer()?.authorizations.begin(&id, &session, &by).await?;
        Ok(SignIn {
            id: begun.id,
            url: begun.url,
        })
    }
}
