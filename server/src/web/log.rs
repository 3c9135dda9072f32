//! Logs one line per request, and runs each request in a span.

use std::time::Instant;

use axum::{extract::Request, middleware::Next, response::Response};
use domain::paths;
use tracing::Instrument as _;

use super::session;

/// Logs the client address, method, path, status, and duration. Other events of the request carry
/// its span. Never logs the query, which may contain an authorization code, nor headers or bodies.
pub async fn request(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path: String = request.uri().path().chars().take(200).collect();
    let address = session::address(request.extensions());
    let started = Instant::now();
    let span = tracing::info_span!("request", address, %method, path);
    let response = next.run(request).instrument(span).await;
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    if path == paths::Healthz::PATH || path == paths::Readyz::PATH {
        tracing::debug!(address, %method, path, status, duration_ms, "request");
    } else {
        tracing::info!(address, %method, path, status, duration_ms, "request");
    }
    response
}
