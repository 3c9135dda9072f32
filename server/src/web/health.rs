//! For whoever watches the server.

use axum::{extract::State, http::StatusCode};
use mail::Mailer;

/// The process is up.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers.
pub async fn ready(State(mailer): State<Mailer>) -> (StatusCode, &'static str) {
    match mailer.data_centers().await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
        }
    }
}
