//! How an authorization ends, told to the tab that waits for it.

use std::time::Duration;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{AuthorizationId, AuthorizationState, Role};
use futures::{Stream, StreamExt as _, stream};
use mail::Mailer;
use tokio::time::sleep;

use super::{EVERY, Listener};

/// A little longer than an authorization lasts.
const AT_MOST: Duration = Duration::from_mins(11);

/// Whoever waits, and what for.
struct Waiting {
    mailer: Mailer,
    listener: Listener,
    id: AuthorizationId,
}

/// Sends the state at once, and again when it has changed; ends after a state that is final, and with the session.
pub async fn authorization(
    State(mailer): State<Mailer>,
    listener: Listener,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = AuthorizationId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let waiting = Waiting {
        mailer,
        listener: listener.clone(),
        id,
    };
    let Some(first) = waiting.read().await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    listener.tell(states(waiting, first), AT_MOST)
}

/// The states: the first, each that differs from the one before, and the last.
fn states(waiting: Waiting, first: AuthorizationState) -> impl Stream<Item = AuthorizationState> {
    let later = stream::unfold((waiting, first.clone()), |(waiting, before)| async move {
        if !is_pending(&before) {
            return None;
        }
        loop {
            sleep(EVERY).await;
            if !waiting.listener.is_still(Role::Administrator).await {
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
