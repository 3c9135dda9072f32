//! Sends the steps of a running check to the page that displays it, as rendered HTML.

use std::{future::ready, time::Duration};

use app::{api, patch::HtmlPatch, rendered};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{CheckEvent, CheckId, CheckReport, Role};
use futures::{Stream, StreamExt as _, stream};
use mail::Mailer;

use super::Listener;

/// Maximum duration of a stream: longer than a check, including the arrival of the test email.
const MAX_DURATION: Duration = Duration::from_mins(2);
/// A shorter string is not a check ID, so the stream does not wait for it.
const MIN_ID_LENGTH: usize = 16;

/// Sends past events, then new events, then the report. Ends with the session.
pub async fn check(
    State(mailer): State<Mailer>,
    listener: Listener,
    Path(id): Path<String>,
) -> Response {
    let id = CheckId::parse(&id).ok();
    let Some(id) = id.filter(|id| id.as_str().len() >= MIN_ID_LENGTH) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if let Some(events) = mailer.doctor.watch(&id) {
        let patches = patches(mailer, id, events, rendered::check_failed);
        return listener.send_json(patches, Role::Operator, MAX_DURATION);
    }
    // Another process may run the check, or ran it until the process was stopped.
    let report = elsewhere(mailer.clone(), id.clone());
    let patches = patches(mailer, id, report, || {
        rendered::interrupted(api::run_again())
    });
    listener.send_json(patches, Role::Operator, MAX_DURATION)
}

/// Renders the events. `without_report` ends the stream if there is no report.
fn patches(
    mailer: Mailer,
    id: CheckId,
    events: impl Stream<Item = CheckEvent> + Send + 'static,
    without_report: fn() -> HtmlPatch,
) -> impl Stream<Item = HtmlPatch> + Send + 'static {
    // The report ends the stream. An interrupted or unknown check ends it without one.
    let reported = events.map(Some).chain(stream::iter([None]));
    let reported = reported.scan(false, |ended, event| {
        let reported = (!*ended).then_some(event);
        *ended = matches!(reported, Some(Some(CheckEvent::Finished(_)) | None));
        ready(reported)
    });
    let shown = reported.enumerate().then(move |(at, event)| {
        let (mailer, id) = (mailer.clone(), id.clone());
        async move {
            match event {
                Some(CheckEvent::Step(step)) => rendered::step(&step, at),
                Some(CheckEvent::Finished(report)) => {
                    let saved = saved_version(&mailer, &report).await;
                    let now = mailer.clock.now();
                    rendered::finished(&id, &report, saved, now, api::run_again())
                }
                None => without_report(),
            }
        }
    });
    stream::iter([rendered::check_started()]).chain(shown)
}

/// Returns the report of a check in another process, once the check has ended or its process is
/// gone. Returns nothing if the check is unknown or the database fails.
fn elsewhere(mailer: Mailer, id: CheckId) -> impl Stream<Item = CheckEvent> + Send + 'static {
    stream::once(async move {
        match mailer.doctor.finish(&id).await {
            Ok(report) => report.map(|report| CheckEvent::Finished(Box::new(report))),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "check could not be read");
                None
            }
        }
    })
    .filter_map(ready)
}

/// Returns the saved version of the settings, or 0 if nothing is saved.
async fn saved_version(mailer: &Mailer, report: &CheckReport) -> i64 {
    let saved = mailer.settings.get(&report.data_center).await;
    saved.map_or(0, |saved| saved.version)
}
