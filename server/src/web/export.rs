//! Exports the audit log as JSON lines.

use access::{Access, AccessError};
use app::{activity_query::ActivityQuery, request::context::RequestInfo};
use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Query, State},
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse as _, Response},
};
use domain::{AuditAction, AuditEntry, AuditFilter, Change};
use futures::stream;

use super::session;

/// The reason that an export was interrupted.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Streams the entries that match the filter, oldest first. The export is recorded before the first
/// entry is sent, so no one can read the audit log without leaving an entry.
pub async fn download(
    State(access): State<Access>,
    Extension(info): Extension<RequestInfo>,
    Query(query): Query<ActivityQuery>,
) -> Response {
    let Ok(filter) = query.filter() else {
        let text = "The filter is invalid. Enter dates like 2026-11-23.\n";
        return (StatusCode::BAD_REQUEST, text).into_response();
    };
    let (action, facts) = (AuditAction::ActivityExported, facts(&query));
    if let Err(error) = access.note(&info.actor, action, "", facts).await {
        return session::unavailable(&error);
    }
    let headers = [
        (CONTENT_TYPE, "application/jsonl"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"mailgrant-activity.jsonl\"",
        ),
    ];
    (headers, Body::from_stream(batches(access, filter))).into_response()
}

/// Returns the filter as facts for the audit entry.
fn facts(query: &ActivityQuery) -> Vec<Change> {
    [
        ("who", &query.who),
        ("action", &query.action),
        ("subject", &query.subject),
        ("from", &query.from),
        ("to", &query.to),
    ]
    .into_iter()
    .filter(|(_, requested)| !requested.is_empty())
    .map(|(field, requested)| Change::fact(field, requested.as_str()))
    .collect()
}

fn batches(
    access: Access,
    filter: AuditFilter,
) -> impl futures::Stream<Item = Result<Bytes, ExportError>> {
    stream::try_unfold(0, move |after| {
        let (access, filter) = (access.clone(), filter.clone());
        async move {
            let batch = batch(&access, &filter, after).await;
            if let Err(error) = &batch {
                let error: &dyn std::error::Error = error;
                tracing::error!(error, "export failed");
            }
            batch
        }
    })
}

/// Returns the lines after a sequence number, and the sequence number of the last one.
async fn batch(
    access: &Access,
    filter: &AuditFilter,
    after: i64,
) -> Result<Option<(Bytes, i64)>, ExportError> {
    let entries = access.export_activity(filter, after).await?;
    let Some(last) = entries.last().map(|entry| entry.sequence) else {
        return Ok(None);
    };
    Ok(Some((lines(&entries)?, last)))
}

fn lines(entries: &[AuditEntry]) -> Result<Bytes, serde_json::Error> {
    let mut lines = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut lines, entry)?;
        lines.push(b'\n');
    }
    Ok(lines.into())
}
