//! The HTTP router with its middleware.

mod access_control;
mod api;
mod assets;
mod body_budget;
mod body_limit;
mod capacity;
mod client_address;
mod cookies;
mod download;
mod events;
mod export;
mod forms;
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
mod origin;
mod pages;
mod panic;
mod permissions;
mod problem;
mod rate_limit;
mod referer;
mod refusal;
mod routes;
mod same_address;
mod security;
mod server_functions;
mod session;
mod sign_out;
mod smtp_certificate;
mod transcript;
mod unavailable;

use std::{sync::Arc, time::Duration};

use ::access::Access;
use app::smtp_listeners::SmtpListeners;
use axum::{
    Router,
    extract::FromRef,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
};
use domain::SubmissionService;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use mail::{BodyBudget, Mailer};
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use self::{
    capacity::Clients,
    cookies::Cookies,
    events::{StreamLimits, Streams},
    rate_limit::RateLimits,
    same_address::SameAddress,
};
use crate::{
    Limits,
    config::{AddressLimits, PublicUrl},
};

pub use events::Feeds;
pub use permissions::{PERMISSIONS, Permission, Rule};
pub use routes::routes;

/// The parts from which the router is built.
pub(crate) struct Parts {
    pub mailer: Mailer,
    pub access: Access,
    pub body_budget: BodyBudget,
    pub public_url: Option<PublicUrl>,
    pub trusted_proxies: Arc<[IpNet]>,
    pub address_limits: AddressLimits,
    pub submission: Arc<SubmissionService>,
    pub feeds: Arc<Feeds>,
    pub smtp_listeners: SmtpListeners,
    pub rate_limit: Option<std::num::NonZeroU32>,
    pub limits: Limits,
    pub stopping: CancellationToken,
}

/// The state that handlers and middleware share.
#[derive(Clone, Debug, FromRef)]
pub(crate) struct Web {
    mailer: Mailer,
    access: Access,
    public_url: Arc<Option<PublicUrl>>,
    trusted_proxies: Arc<[IpNet]>,
    rate_limits: Arc<RateLimits>,
    same_address: Arc<SameAddress>,
    body_budget: BodyBudget,
    clients: Clients,
    streams: Streams,
    submission: Arc<SubmissionService>,
    feeds: Arc<Feeds>,
    smtp_listeners: SmtpListeners,
    leptos: LeptosOptions,
    stopping: CancellationToken,
}

impl Web {
    fn new(parts: Parts) -> Self {
        Self {
            mailer: parts.mailer,
            access: parts.access,
            public_url: Arc::new(parts.public_url),
            same_address: Arc::new(SameAddress::new(!parts.trusted_proxies.is_empty())),
            trusted_proxies: parts.trusted_proxies,
            rate_limits: Arc::new(RateLimits::new(parts.rate_limit, parts.limits.guesses)),
            body_budget: parts.body_budget,
            clients: Clients::new(parts.address_limits.connections),
            streams: Streams::new(StreamLimits::of(&parts.limits, parts.address_limits)),
            submission: parts.submission,
            feeds: parts.feeds,
            smtp_listeners: parts.smtp_listeners,
            leptos: pages::options(),
            stopping: parts.stopping,
        }
    }

    fn cookies(&self) -> Cookies {
        Cookies::of((*self.public_url).as_ref())
    }
}

/// Returns all routes with their middleware.
pub(crate) fn router(parts: Parts) -> Router {
    let timeout = parts.limits.request;
    let web = Web::new(parts);
    layered(routes::with(pages::router(&web)), web, timeout)
}

/// Adds the middleware to routes.
fn layered(routes: Router<Web>, web: Web, timeout: Duration) -> Router {
    // Layers that are added later run earlier.
    routes
        .layer(from_fn_with_state(web.clone(), access_control::check))
        .layer(from_fn_with_state(web.clone(), session::identify))
        .layer(from_fn_with_state(
            web.clone(),
            unavailable::without_database,
        ))
        .layer(from_fn(pages::files))
        // Limits the time to the head of the response: event streams and exports last longer.
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            timeout,
        ))
        .layer(from_fn(unavailable::finish))
        .layer(from_fn(body_limit::limit))
        .layer(from_fn_with_state(web.clone(), origin::check))
        .layer(from_fn_with_state(web.clone(), rate_limit::limit))
        .layer(from_fn_with_state(web.clone(), host::check))
        .layer(from_fn_with_state(web.clone(), capacity::check))
        .layer(CatchPanicLayer::custom(panic::page))
        .layer(from_fn_with_state(web.clone(), security::headers))
        .layer(from_fn(log::request))
        .layer(from_fn_with_state(web.clone(), client_address::find))
        .with_state(web)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use ::access::AccessOptions;
    use axum::{
        body::{Body, to_bytes},
        http::{Request, header::HOST},
        routing::get,
    };
    use domain::paths;
    use mail::MailerOptions;
    use store::{KeySource, Store};
    use tower::ServiceExt as _;

    use super::*;
    use crate::connections::Peer;

    async fn web() -> Web {
        let key = KeySource::Value("ab".repeat(32).into());
        let store = Store::open("sqlite::memory:", key).await.unwrap();
        let mailer = Mailer::new(store.clone(), MailerOptions::default()).unwrap();
        let access = Access::new(store, AccessOptions::default());
        Web::new(Parts {
            mailer: mailer.clone(),
            access: access.clone(),
            body_budget: Limits::default().body_budget(),
            public_url: None,
            trusted_proxies: Vec::new().into(),
            address_limits: AddressLimits::default(),
            submission: Arc::default(),
            feeds: Arc::new(Feeds::new(mailer, access)),
            smtp_listeners: SmtpListeners::default(),
            rate_limit: None,
            limits: Limits::default(),
            stopping: CancellationToken::new(),
        })
    }

    /// Runs the product's middleware around a handler that panics.
    #[tokio::test]
    async fn a_panic_in_a_handler_ends_its_request_only() {
        async fn panics() -> &'static str {
            panic!("planted")
        }
        let web = web().await;
        let routes = Router::new()
            .route(paths::Healthz::PATH, get(panics))
            .route(paths::Readyz::PATH, get(health::alive));
        let layers = layered(routes, web, Duration::from_mins(1));
        let ask = async |path: &str| {
            let mut request = Request::get(path)
                .header(HOST, "localhost")
                .body(Body::empty())
                .unwrap();
            let peer = Peer {
                address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                is_nearly_full: false,
            };
            request.extensions_mut().insert(peer);
            layers.clone().oneshot(request).await.unwrap()
        };
        for _ in 0..3 {
            let answer = ask(paths::Healthz::PATH).await;
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(answer.headers().contains_key("content-security-policy"));
            let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains("Something went wrong") && !body.contains("planted"));
            assert_eq!(ask(paths::Readyz::PATH).await.status(), StatusCode::OK);
        }
    }
}
