//! How an authorization ends, told to the tab that waits for it (server-sent events).

use std::{convert::Infallible, time::Duration};

use access::Access;
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::{AuthorizationId, AuthorizationState, Role};
use futures::{Stream, StreamExt as _, stream};
use mail::Mailer;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::session::OfSession;

/// The database is asked, so that it does not matter which process answers the callback.
const EVERY: Duration = Duration::from_millis(300);
/// A little longer than an authorization lasts.
const AT_MOST: Duration = Duration::from_mins(11);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Whoever waits, and what for.
struct Waiting {
    mailer: Mailer,
    access: Access,
    session: OfSession,
    id: AuthorizationId,
}

/// Sends the state at once, and again when it has changed; ends after a state that is final, and with the session.
pub async fn authorization(
    State(mailer): State<Mailer>,
    State(access): State<Access>,
    Extension(session): Extension<OfSession>,
    State(stopping): State<CancellationToken>,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = AuthorizationId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let waiting = Waiting {
        mailer,
        access,
        session,
        id,
    };
    let Some(first) = waiting.read().await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let deadline = Instant::now() + AT_MOST;
    let events = states(waiting, first)
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
fn states(waiting: Waiting, first: AuthorizationState) -> impl Stream<Item = AuthorizationState> {
    let later = stream::unfold((waiting, first.clone()), |(waiting, before)| async move {
        if !is_pending(&before) {
            return None;
        }
        loop {
            sleep(EVERY).await;
            if !waiting.may_know().await {
                return None;
            }
            // None as well when the database fails; the browser then asks again.
            let state = waiting.read().await?;
            if state != before {
                return Some((state.clone(), (waiting, state)));
            }
        }
    });
    stream::iter([first]).chain(later)
}

impl Waiting {
    /// Whether the session is still one of an administrator.
    async fn may_know(&self) -> bool {
        let OfSession(token) = &self.session;
        match self.access.session(token).await {
            Ok(Some(signed_in)) => signed_in.role.includes(Role::Administrator),
            Ok(None) => false,
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "cannot read a session");
                false
            }
        }
    }

    async fn read(&self) -> Option<AuthorizationState> {
        match self.mailer.authorization(&self.id).await {
            Ok(state) => state,
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "cannot read an authorization");
                None
            }
        }
    }
}

fn is_pending(state: &AuthorizationState) -> bool {
    matches!(state, AuthorizationState::Pending { .. })
}
