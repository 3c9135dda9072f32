//! Health checks for monitoring.

use axum::{extract::State, http::StatusCode};
use mail::{Mailer, NotReady};
use wording::readiness;

/// Liveness: returns 200 while the process runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Readiness: returns 200 if the database can be read and written, the clocks agree, and no
/// background task is stuck.
pub async fn ready(State(mailer): State<Mailer>) -> (StatusCode, String) {
    let Err(error) = mailer.health.ready().await else {
        let mut body = "ok\n".to_owned();
        for (kind, _) in mailer.conditions.all() {
            body.extend(["warning: ", kind.code(), "\n"]);
        }
        return (StatusCode::OK, body);
    };
    let reason = match &error {
        NotReady::Database(_) | NotReady::Timeout => readiness::DATABASE,
        NotReady::Storing => readiness::STORING,
        NotReady::Stuck(_) => readiness::STUCK,
        NotReady::Failed(_) => readiness::FAILED,
        NotReady::Condition(kind) => kind.code(),
    };
    let body = [reason, "\n"].concat();
    let error: &dyn std::error::Error = &error;
    tracing::error!(error, "server is not ready");
    (StatusCode::SERVICE_UNAVAILABLE, body)
}
