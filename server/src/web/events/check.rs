//! A check as it goes on, told to the page that shows it: each step as it is rendered.

use std::{future::ready, sync::Arc, time::Duration};

use app::rendered::{self, Piece};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{CheckEvent, CheckId, CheckReport, Role};
use futures::{Stream, StreamExt as _, stream};
use mail::Mailer;

use super::{Listener, topic::Subscription};

/// Longer than a check lasts, and the test email takes to arrive.
const AT_MOST: Duration = Duration::from_mins(2);
/// What is shorter is no id of a check, so nobody waits for it.
const SHORTEST: usize = 16;

/// Sends what has happened so far, then what happens, then the report; ends with the session.
pub async fn check(
    State(mailer): State<Mailer>,
    listener: Listener,
    Path(id): Path<String>,
) -> Response {
    let id = CheckId::parse(&id).ok();
    let Some(id) = id.filter(|id| id.as_str().len() >= SHORTEST) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if let Some(events) = mailer.watch_check(&id) {
        let pieces = pieces(mailer, id, events);
        return listener.tell(pieces, Role::Operator, AT_MOST);
    }
    // Another process may be at it, or was.
    let report = stored(listener.feeds.check(id.clone()));
    let pieces = pieces(mailer, id, report);
    listener.tell(pieces, Role::Operator, AT_MOST)
}

/// The events as they are shown.
fn pieces(
    mailer: Mailer,
    id: CheckId,
    events: impl Stream<Item = CheckEvent> + Send + 'static,
) -> impl Stream<Item = Piece> + Send + 'static {
    // The report ends it; when the run breaks off, that does.
    let told = events.map(Some).chain(stream::iter([None]));
    let told = told.scan(false, |ended, event| {
        let told = (!*ended).then_some(event);
        *ended = matches!(told, Some(Some(CheckEvent::Finished(_)) | None));
        ready(told)
    });
    let shown = told.enumerate().then(move |(at, event)| {
        let (mailer, id) = (mailer.clone(), id.clone());
        async move {
            match event {
                Some(CheckEvent::Step(step)) => rendered::step(&step, at),
                Some(CheckEvent::Finished(report)) => {
                    let saved = saved_version(&mailer, &report).await;
                    rendered::finished(&id, &report, saved, mailer.now())
                }
                None => rendered::broke_off(),
            }
        }
    });
    stream::iter([rendered::begun()]).chain(shown)
}

/// The report, once it is in the database.
fn stored(
    mut reports: Subscription<Arc<CheckReport>>,
) -> impl Stream<Item = CheckEvent> + Send + 'static {
    stream::once(async move {
        let report = reports.next().await?;
        Some(CheckEvent::Finished(Box::new((*report).clone())))
    })
    .filter_map(ready)
}

/// The version that is saved now; 0 when there is none.
async fn saved_version(mailer: &Mailer, report: &CheckReport) -> i64 {
    let saved = mailer.settings(&report.data_center).await;
    saved.map_or(0, |saved| saved.version)
}
