//! Sends the sessions of the SMTP server to the pages that display them, as rendered HTML.

use std::{sync::Arc, time::Duration};

use access::Access;
use app::rendered::SessionRows;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{Role, SenderId, paths};
use futures::{Stream, StreamExt as _, stream};

use super::{Listener, topic::Subscription};

/// Maximum duration of a stream: the lifetime of a session.
const MAX_DURATION: Duration = Duration::from_hours(12);

/// Sends the sessions of a sender and of unknown clients, then their changes. Ends with the session
/// of the user.
pub async fn sender_sessions(
    State(access): State<Access>,
    listener: Listener,
    Path(id): Path<String>,
) -> Response {
    let sender = if id == paths::UNKNOWN_SENDERS {
        None
    } else {
        let Ok(id) = SenderId::parse(&id) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        match access.sender(&id).await {
            Ok(Some(_)) => Some(id),
            Ok(None) => return StatusCode::NOT_FOUND.into_response(),
            Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    };
    let rows = listener.feeds.sender_sessions(sender);
    listener.send_json(changes(rows), Role::Operator, MAX_DURATION)
}

fn changes(
    rows: Subscription<Arc<SessionRows>>,
) -> impl Stream<Item = app::patch::HtmlPatch> + Send {
    let changes = stream::unfold((rows, None), |(mut rows, before)| async move {
        let now: Arc<SessionRows> = rows.next().await?;
        let changes = now.changes(before.as_deref());
        Some((changes, (rows, Some(now))))
    });
    changes.flat_map(stream::iter)
}
