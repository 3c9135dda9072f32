//! The router.

mod assets;
mod browser;
mod events;
mod health;
mod host;
mod log;
mod negotiation;
mod oauth_callback;
mod pages;
mod panic;
mod security;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::FromRef,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use leptos::config::LeptosOptions;
use mail::Mailer;
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
};

use crate::{StartError, config::PublicUrl};

/// Octets of a request's body; the largest form has some tens of kilobytes.
const BODY_LIMIT: usize = 1_048_576;
/// For everything but event streams.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// What handlers and middleware share.
#[derive(Clone, Debug, FromRef)]
pub(crate) struct Web {
    mailer: Mailer,
    public_url: Arc<Option<PublicUrl>>,
    leptos: LeptosOptions,
    stopping: CancellationToken,
}

/// All routes with their middleware.
pub(crate) fn router(
    mailer: Mailer,
    public_url: Option<PublicUrl>,
    stopping: CancellationToken,
) -> Result<Router, StartError> {
    let mut csrf = CsrfLayer::new();
    if let Some(public_url) = &public_url {
        // A proxy may rewrite Host, with which Origin is compared otherwise.
        csrf = csrf
            .add_trusted_origin(public_url.origin())
            .map_err(StartError::PublicUrl)?;
    }
    let web = Web {
        mailer,
        public_url: Arc::new(public_url),
        leptos: pages::options(),
        stopping,
    };
    let timeout = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT);
    // Layers that are added later see the request earlier.
    Ok(pages::routes(&web)
        .route(
            "/oauth/callback",
            get(oauth_callback::finish).head(oauth_callback::ignore),
        )
        .route("/readyz", get(health::ready))
        .layer(timeout)
        .route("/events/authorization/{id}", get(events::authorization))
        .route("/healthz", get(health::alive))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(csrf)
        .layer(from_fn_with_state(web.clone(), host::check))
        .layer(CatchPanicLayer::custom(panic::page))
        .layer(from_fn_with_state(web.clone(), security::headers))
        .layer(from_fn(log::request))
        .with_state(web))
}
