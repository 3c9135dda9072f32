//! Exports a check as text, for a support ticket.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::CheckId;
use mail::Mailer;

use super::download::Download;

/// Returns the transcript as a file. Secrets were removed when it was recorded.
pub async fn download(State(mailer): State<Mailer>, Path(id): Path<String>) -> Response {
    let Ok(id) = CheckId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let found = mailer.doctor.get(&id).await.map(|found| {
        found.map(|report| {
            let at = report.started_at.rfc3339().replace(':', "");
            Download {
                name: format!("mailgrant-check-{at}.txt"),
                media_type: "text/plain; charset=utf-8",
                content: wording::check_transcript(&report).into(),
            }
        })
    });
    Download::answer(found)
}
