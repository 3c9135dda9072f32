//! Reserves connections for monitoring and the API, and limits the requests that one client behind
//! a proxy has in flight.

use std::{net::IpAddr, num::NonZeroU32};

use axum::{
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{CONNECTION, RETRY_AFTER},
    },
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::paths;

use super::{Web, client_address::ClientAddress, problem, rate_limit};
use crate::{
    connections::{GuardedBody, Peer},
    limited_counters::{LimitedCounters, network},
};

/// Seconds until a client may retry.
const RETRY_SECONDS: u32 = 5;
/// Paths that are served on reserved connections, in addition to the API.
const MONITORING_PATHS: [&str; 3] = [
    paths::Healthz::PATH,
    paths::Readyz::PATH,
    paths::Metrics::PATH,
];

/// The requests in flight by client behind a trusted proxy.
#[derive(Clone, Debug)]
pub struct Clients {
    limit: Option<NonZeroU32>,
    requests: LimitedCounters<IpAddr>,
}

impl Clients {
    /// Returns empty counters. A client may have as many requests in flight as an address may have
    /// connections.
    pub fn new(limit: Option<NonZeroU32>) -> Self {
        let requests = LimitedCounters::default();
        Self { limit, requests }
    }
}

/// Refuses pages while only reserved connections are left, and requests of clients that reached
/// their limit.
pub async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let extensions = request.extensions();
    let peer = extensions.get::<Peer>().copied();
    let client = extensions.get::<ClientAddress>().copied();
    let (Some(peer), Some(ClientAddress(client))) = (peer, client) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if peer.is_nearly_full && !MONITORING_PATHS.contains(&path) && !problem::is_for(path) {
        return too_many_connections();
    }
    // Connections of other clients are counted when they are accepted.
    if client == peer.address {
        return next.run(request).await;
    }
    let Clients { limit, requests } = &web.clients;
    let Some(counted) = requests.acquire(network(client), *limit) else {
        return rate_limit::too_many(path, RETRY_SECONDS.into());
    };
    let response = next.run(request).await;
    response.map(|body| GuardedBody::body(body, counted))
}

fn too_many_connections() -> Response {
    let text = "Too many connections. Try again later.\n";
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, RETRY_SECONDS.into());
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
