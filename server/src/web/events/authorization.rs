//! Sends the result of an authorization to the tab that waits for it.

use std::time::Duration;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{AuthorizationId, AuthorizationState, Role};
use futures::{Stream, StreamExt as _, stream};
use mail::Mailer;

use super::{Listener, topic::Subscription};

/// Maximum duration of a stream: a little longer than an authorization.
const MAX_DURATION: Duration = Duration::from_mins(11);

/// Sends the state immediately and after each change. Ends after a final state, and with the
/// session.
pub async fn authorization(
    State(mailer): State<Mailer>,
    listener: Listener,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = AuthorizationId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let later = listener.feeds.authorization(id.clone());
    let first = match mailer.authorizations.get(&id).await {
        Ok(Some(state)) => state,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "authorization could not be read");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    listener.send_json(states(later, first), Role::Administrator, MAX_DURATION)
}

/// Returns the first state, each changed state, and the final state.
fn states(
    later: Subscription<AuthorizationState>,
    first: AuthorizationState,
) -> impl Stream<Item = AuthorizationState> {
    let later = stream::unfold((later, first.clone()), |(mut later, before)| async move {
        if !is_pending(&before) {
            return None;
        }
        loop {
            // `None` also means that the database failed. The browser then reconnects.
            let state = later.next().await?;
            if state != before {
                return Some((state.clone(), (later, state)));
            }
        }
    });
    stream::iter([first]).chain(later)
}

fn is_pending(state: &AuthorizationState) -> bool {
    matches!(state, AuthorizationState::Pending { .. })
}
