//! The router.

mod access;
mod alerts;
mod api;
mod assets;
mod body_limit;
mod client_address;
mod cookies;
mod download;
mod events;
mod export;
mod frame;
mod health;
mod host;
mod log;
mod mailbox;
mod messages;
mod metrics;
mod negotiation;
mod next_page;
mod oauth_callback;
mod pages;
mod panic;
mod permissions;
mod problem;
mod rate_limit;
mod referer;
mod refusal;
mod room;
mod routes;
mod security;
mod sending;
mod server_functions;
mod session;
mod transcript;

use std::sync::Arc;

use ::access::Access;
use axum::{
    Router,
    extract::FromRef,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
};
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use mail::Mailer;
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, csrf::CsrfLayer, timeout::TimeoutLayer};

use self::{cookies::Cookies, rate_limit::RateLimits, room::Room};
use crate::{Limits, StartError, config::PublicUrl};

pub use permissions::{PERMISSIONS, Permission, Rule};
pub use routes::routes;

/// What the router is made of.
pub(crate) struct Parts {
    pub mailer: Mailer,
    pub access: Access,
    pub public_url: Option<PublicUrl>,
    pub trusted_proxies: Vec<IpNet>,
    pub rate_limit: Option<std::num::NonZeroU32>,
    pub limits: Limits,
    pub stopping: CancellationToken,
}

/// What handlers and middleware share.
#[derive(Clone, Debug, FromRef)]
pub(crate) struct Web {
    mailer: Mailer,
    access: Access,
    public_url: Arc<Option<PublicUrl>>,
    trusted_proxies: Arc<[IpNet]>,
    rate_limits: Arc<RateLimits>,
    room: Room,
    leptos: LeptosOptions,
    stopping: CancellationToken,
}

impl Web {
    fn cookies(&self) -> Cookies {
        Cookies::of((*self.public_url).as_ref())
    }
}

/// All routes with their middleware.
pub(crate) fn router(parts: Parts) -> Result<Router, StartError> {
    let mut csrf = CsrfLayer::new();
    if let Some(public_url) = &parts.public_url {
        // A proxy may rewrite Host, with which Origin is compared otherwise.
        csrf = csrf
            .add_trusted_origin(public_url.origin())
            .map_err(StartError::PublicUrl)?;
    }
    let patience = parts.limits.request;
    let web = Web {
        mailer: parts.mailer,
        access: parts.access,
        public_url: Arc::new(parts.public_url),
        trusted_proxies: parts.trusted_proxies.into(),
        rate_limits: Arc::new(RateLimits::new(parts.rate_limit, parts.limits.guesses)),
        room: Room::new(parts.limits.held, parts.limits.room),
        leptos: pages::options(),
        stopping: parts.stopping,
    };
    // Layers that are added later see the request earlier.
    Ok(routes::with(pages::router(&web))
        .layer(from_fn_with_state(web.clone(), permissions::check))
        .layer(from_fn_with_state(web.clone(), session::identify))
        .layer(from_fn(pages::files))
        // Until the head of the answer: event streams and exports last longer.
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            patience,
        ))
        .layer(from_fn(body_limit::limit))
        .layer(csrf)
        .layer(from_fn_with_state(web.clone(), rate_limit::limit))
        .layer(from_fn_with_state(web.clone(), host::check))
        .layer(CatchPanicLayer::custom(panic::page))
        .layer(from_fn_with_state(web.clone(), security::headers))
        .layer(from_fn(log::request))
        .layer(from_fn_with_state(web.clone(), client_address::find))
        .with_state(web))
}
