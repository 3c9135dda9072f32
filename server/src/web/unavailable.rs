//! `503 Service Unavailable`: always with `Retry-After` and a body in a format that the client can
//! read.

use app::ApiError;
use axum::{
    Json,
    extract::{Request, State},
    http::{
        StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER},
    },
    middleware::Next,
    response::{Html, IntoResponse as _, Response},
};
use domain::paths;

use super::{Web, negotiation::accepts_html, problem};

/// Seconds until a client may retry.
pub const RETRY_SECONDS: u16 = 10;

/// Marks a response whose body [`finish`] adds.
#[derive(Clone, Copy, Debug)]
struct Bare;

/// Returns 503 without a body; [`finish`] adds it.
pub fn response() -> Response {
    let mut response = StatusCode::SERVICE_UNAVAILABLE.into_response();
    response.extensions_mut().insert(Bare);
    response
}

/// Rejects requests while the database is unreachable, and aborts those that wait for it.
pub async fn without_database(State(web): State<Web>, request: Request, next: Next) -> Response {
    if matches!(
        request.uri().path(),
        paths::Healthz::PATH | paths::Readyz::PATH
    ) {
        return next.run(request).await;
    }
    if !web.mailer.reachability.is_reachable() {
        return response();
    }
    tokio::select! {
        response = next.run(request) => response,
        () = web.mailer.reachability.unreachable() => {
            tracing::error!("request failed: database not reachable");
            response()
        }
    }
}

/// Completes each 503 response: adds `Retry-After`, and replaces an empty body with a page for
/// browsers or a problem for programs.
pub async fn finish(request: Request, next: Next) -> Response {
    let is_api = problem::is_for(request.uri().path());
    let wants_page = accepts_html(request.headers());
    let mut response = next.run(request).await;
    if response.status() != StatusCode::SERVICE_UNAVAILABLE {
        return response;
    }
    // The response to a timeout has no body either.
    let is_bare = response.extensions().get::<Bare>().is_some();
    if is_bare || !response.headers().contains_key(CONTENT_TYPE) {
        let body = body(is_api, wants_page);
        let headers = std::mem::take(response.headers_mut());
        response = body;
        for (name, value) in &headers {
            response.headers_mut().entry(name).or_insert(value.clone());
        }
    }
    let headers = response.headers_mut();
    headers
        .entry(RETRY_AFTER)
        .or_insert_with(|| RETRY_SECONDS.into());
    response
}

fn body(is_api: bool, wants_page: bool) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    if is_api {
        return problem::answer(
            status,
            "Mailgrant cannot respond right now. Its log contains the cause. Try again later.",
        );
    }
    if !wants_page {
        return (status, Json(ApiError::Unavailable)).into_response();
    }
    let page = "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width\"><title>Unavailable \u{2013} Mailgrant</title>\
        <h1>Mailgrant is unavailable at the moment</h1>\
        <p>It cannot reach its database, or it is overloaded. Reload this page in a few seconds. If it does not help, \
        look at the log of the server.</p></html>";
    (status, Html(page)).into_response()
}
