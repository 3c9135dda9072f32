//! Health checks for monitoring.

use axum::{extract::State, http::StatusCode};
use mail::{Mailer, NotReady};

/// Liveness: returns 200 while the process runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Readiness: returns 200 if the database can be read and written, the clocks agree, and no
/// background task is stuck.
pub async fn ready(State(mailer): State<Mailer>) -> (StatusCode, String) {
    let Err(error) = mailer.ready().await else {
        let mut body = "ok\n".to_owned();
        for (kind, _) in mailer.server_conditions() {
            body.extend(["warning: ", kind.code(), "\n"]);
        }
        return (StatusCode::OK, body);
    };
    let said = match &error {
        NotReady::Database(_) | NotReady::Timeout => "the database does not answer\n".to_owned(),
        NotReady::Storing => "new mail could not be stored\n".to_owned(),
        NotReady::Stuck(_) => "a task in the background is stuck\n".to_owned(),
        NotReady::Failed(_) => "a background task failed and is being restarted\n".to_owned(),
        NotReady::Condition(kind) => format!("{}\n", kind.code()),
    };
    let error: &dyn std::error::Error = &error;
    tracing::error!(error, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, said)
}
