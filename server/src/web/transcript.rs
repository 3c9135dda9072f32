//! A check as text, for a support ticket.

use axum::{
    extract::{Path, State},
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use domain::CheckId;
use mail::Mailer;

/// Sends the transcript as a file. Secrets were taken out when it was recorded.
pub async fn download(State(mailer): State<Mailer>, Path(id): Path<String>) -> Response {
    let Ok(id) = CheckId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.check(&id).await {
        Ok(Some(report)) => {
            let name = format!(
                "attachment; filename=\"mailgrant-check-{}.txt\"",
                report.started_at.rfc3339().replace(':', "")
            );
            let headers = [
                (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
                (CONTENT_DISPOSITION, name),
            ];
            (headers, app::transcript(&report)).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "cannot read a check");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
