//! Room for those who watch the server and for programs, and a limit on what one client behind a proxy has under way.

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
    connections::{Holding, Peer},
    tally::{Tally, network},
};

/// Seconds after which a client may ask again.
const AFTER: u32 = 5;
/// What is served on reserved connections, besides the API.
const WATCHED: [&str; 3] = [
    paths::Healthz::PATH,
    paths::Readyz::PATH,
    paths::Metrics::PATH,
];

/// Requests that clients behind a trusted proxy have under way.
#[derive(Clone, Debug)]
pub struct Clients {
    limit: Option<NonZeroU32>,
    requests: Tally<IpAddr>,
}

impl Clients {
    /// Returns counts of zero. One client may have as many requests under way as an address may have connections.
    pub fn new(limit: Option<NonZeroU32>) -> Self {
        let requests = Tally::default();
        Self { limit, requests }
    }
}

/// Refuses pages while only reserved connections are left, and requests of clients that have too many under way.
pub async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let extensions = request.extensions();
    let peer = extensions.get::<Peer>().copied();
    let client = extensions.get::<ClientAddress>().copied();
    let (Some(peer), Some(ClientAddress(client))) = (peer, client) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if peer.is_crowded && !WATCHED.contains(&path) && !problem::is_for(path) {
        return crowded();
    }
    // The connections of others are counted where they are accepted.
    if client == peer.address {
        return next.run(request).await;
    }
    let Clients { limit, requests } = &web.clients;
    let Some(counted) = requests.take(network(client), *limit) else {
        return rate_limit::too_many(path, AFTER.into());
    };
    let response = next.run(request).await;
    response.map(|body| Holding::body(body, counted))
}

fn crowded() -> Response {
    let said = "Too many connections. Try again later.\n";
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, said).into_response();
    let headers = response.headers_mut();
    headers.insert(RETRY_AFTER, AFTER.into());
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
