//! How an authorization ends, told to the tab that waits for it (server-sent events).

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::{AuthorizationId, AuthorizationState};
use futures::{Stream, StreamExt as _, stream};
use mail::Mailer;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// The database is asked, so that it does not matter which process answers the callback.
const EVERY: Duration = Duration::from_millis(300);
/// A little longer than an authorization lasts.
const AT_MOST: Duration = Duration::from_mins(11);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Sends the state at once, and again when it has changed; ends after a state that is final.
pub async fn authorization(
    State(mailer): State<Mailer>,
    State(stopping): State<CancellationToken>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = AuthorizationId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(first) = read(&mailer, &id).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let deadline = Instant::now() + AT_MOST;
    let events = states(mailer, id, first)
        .map(|state| {
            // Fails for no state: they hold texts and numbers only.
            Ok::<_, Infallible>(Event::default().json_data(&state).unwrap_or_default())
        })
        .take_until(async move {
            tokio::select! {
                () = stopping.cancelled_owned() => {}
                () = sleep_until(deadline) => {}
            }
        });
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response()
}

/// The states: the first, each that differs from the one before, and the last.
fn states(
    mailer: Mailer,
    id: AuthorizationId,
    first: AuthorizationState,
) -> impl Stream<Item = AuthorizationState> {
    let later = stream::unfold(
        (mailer, id, first.clone()),
        |(mailer, id, before)| async move {
            if !is_pending(&before) {
                return None;
            }
            loop {
                sleep(EVERY).await;
                // None as well when the database fails; the browser then asks again.
                let state = read(&mailer, &id).await?;
                if state != before {
                    return Some((state.clone(), (mailer, id, state)));
                }
            }
        },
    );
    stream::iter([first]).chain(later)
}

async fn read(mailer: &Mailer, id: &AuthorizationId) -> Option<AuthorizationState> {
    match mailer.authorization(id).await {
        Ok(state) => state,
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "cannot read an authorization");
            None
        }
    }
}

fn is_pending(state: &AuthorizationState) -> bool {
    matches!(state, AuthorizationState::Pending { .. })
}
