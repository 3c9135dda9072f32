//! For whoever watches the server.

use axum::{extract::State, http::StatusCode};
use mail::{Mailer, NotReady};

/// The process is up.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers and can be written, and nothing in the background is stuck.
pub async fn ready(State(mailer): State<Mailer>) -> (StatusCode, &'static str) {
    let Err(error) = mailer.ready().await else {
        return (StatusCode::OK, "ok\n");
    };
    let said = match &error {
        NotReady::Database(_) | NotReady::Timeout => "the database does not answer\n",
        NotReady::Stuck(_) => "a task in the background is stuck\n",
        NotReady::Failed(_) => "a background task failed and is being restarted\n",
    };
    let error: &dyn std::error::Error = &error;
    tracing::error!(error, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, said)
}
