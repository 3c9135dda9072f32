//! Sends new and changed messages to the pages that display them, as rendered HTML.

use std::{sync::Arc, time::Duration};

use app::message_query::MessageQuery;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response, sse::Event},
};
use domain::{MessageId, Role};
use futures::{Stream, StreamExt as _, stream};
use mail::Mailer;

use super::{
    Listener,
    topic::Subscription,
    views::{ListView, MessageView},
};

/// Maximum duration of a stream: the lifetime of a session.
const MAX_DURATION: Duration = Duration::from_hours(12);

/// Sends the first page of a list, then its changes. Ends with the session.
pub async fn messages(listener: Listener, Query(query): Query<MessageQuery>) -> Response {
    let Ok(filter) = query.filter() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let lists = listener.feeds.list(filter);
    listener.send(changes(lists), Role::Viewer, MAX_DURATION)
}

fn changes(lists: Subscription<Arc<ListView>>) -> impl Stream<Item = Event> + Send {
    let changes = stream::unfold((lists, None), |(mut lists, before)| async move {
        let now: Arc<ListView> = loop {
            let now = lists.next().await?;
            let is_known = |before| Arc::ptr_eq(before, &now);
            if !before.as_ref().is_some_and(is_known) {
                break now;
            }
        };
        let changes = now.changes(before.as_ref());
        Some((changes, (lists, Some(now))))
    });
    let events = |changes: Arc<[_]>| {
        let events: Vec<_> = changes.iter().map(event).collect();
        stream::iter(events)
    };
    changes.flat_map(events)
}

/// Sends the state of a message, then its changes. Ends with the session, and when the message is
/// deleted.
pub async fn message(
    State(mailer): State<Mailer>,
    listener: Listener,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = MessageId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.outbox.message(&id).await {
        Ok(Some(_)) => {}
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
    let stream = MessageStream {
        views: listener.feeds.message(id),
        roles: listener.role(),
        view: None,
        role: None,
        shown: None,
    };
    listener.send(states(stream), Role::Viewer, MAX_DURATION)
}

/// A stream for the page of one message.
struct MessageStream {
    views: Subscription<Arc<MessageView>>,
    roles: Subscription<Role>,
    view: Option<Arc<MessageView>>,
    role: Option<Role>,
    shown: Option<Arc<str>>,
}

impl MessageStream {
    /// Waits for an event that differs from the previous one.
    async fn next(&mut self) -> Option<Arc<str>> {
        loop {
            tokio::select! {
                view = self.views.next() => self.view = Some(view?),
                role = self.roles.next() => self.role = Some(role?),
            }
            let (Some(view), Some(role)) = (&self.view, self.role) else {
                continue;
            };
            let event = view.event(role.includes(Role::Operator));
            if self.shown.as_ref() != Some(&event) {
                self.shown = Some(Arc::clone(&event));
                return Some(event);
            }
        }
    }
}

fn states(stream: MessageStream) -> impl Stream<Item = Event> + Send {
    stream::unfold(stream, |mut stream| async move {
        let json = stream.next().await?;
        Some((event(&json), stream))
    })
}

fn event(json: &Arc<str>) -> Event {
    Event::default().data(json)
}
