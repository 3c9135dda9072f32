//! HTTP server: OAuth, the pages, and the control endpoint on one port.

mod control;
mod home;
mod messages;
mod serve;

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderName;
use axum::http::header::{CONTENT_SECURITY_POLICY, DATE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::middleware::{map_response, map_response_with_state};
use axum::response::Response;
use axum::routing::{get, post};

use crate::state::State;
use crate::{clock, html};

pub(crate) use serve::serve;

/// Maximum size of mail that is added to a mailbox, in bytes.
const MAX_MAIL: usize = 64 * 1024 * 1024;

fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/style.css", get(html::style))
        .route("/descriptor", get(control::descriptor))
        .route("/messages", get(messages::list).delete(messages::clear))
        .route("/messages/{id}", get(messages::show))
        .route(
            "/control/faults",
            get(control::faults).put(control::put_faults),
        )
        .route("/control/scenario", post(control::scenario))
        .route("/scenarios", get(control::scenarios))
        .route("/control/log", get(control::log))
        .route(
            "/control/mail",
            post(control::deliver).layer(DefaultBodyLimit::max(MAX_MAIL)),
        )
        .route("/control/renumber", post(control::renumber))
        .route("/control/reset", post(control::reset))
        .route("/control/revoke", post(control::revoke))
        .route("/control/expire", post(control::expire))
        .merge(crate::oauth::routes())
        .layer(map_response_with_state(Arc::clone(&state), add_date))
        .layer(map_response(add_security_headers))
        .with_state(state)
}

/// Sets `Date` to a wrong time if the faults require it. Otherwise, the HTTP library sets it.
async fn add_date(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    mut response: Response,
) -> Response {
    let skew = state.faults().clock_skew_seconds;
    let time = UNIX_EPOCH + Duration::from_secs(clock::unix_seconds().saturating_add_signed(skew));
    if skew != 0
        && let Ok(value) = httpdate::fmt_http_date(time).parse()
    {
        response.headers_mut().insert(DATE, value);
    }
    response
}

/// Forbids scripts and external resources. Allows any `form-action`, because the consent form
/// redirects to the client.
async fn add_security_headers(mut response: Response) -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
