//! OAuth 2.0: authorization code with PKCE, refresh, revocation (RFC 6749, 7636, 7009, 9207).

mod authorize;
mod callback;
mod client;
mod discovery;
mod id_token;
mod odd;
mod pages;
mod revoke;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::state::State;

pub use authorize::AnswerError;
pub(crate) use authorize::answer;

/// Returns the routes of the authorization server.
pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::show))
        .route(
            "/.well-known/oauth-authorization-server",
            get(discovery::show),
        )
        .route("/authorize", get(pages::authorize))
        .route("/authorize/sign-in", post(pages::sign_in))
        .route("/authorize/decision", post(pages::decision))
        .route("/token", post(token::token))
        .route(
            "/token/elsewhere",
            post(token::elsewhere).get(token::elsewhere),
        )
        .route("/revoke", post(revoke::revoke))
        .route("/userinfo", get(userinfo::show))
}
