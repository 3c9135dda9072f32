//! Event streams (server-sent events) that update open pages.

mod authorization;
mod check;
mod feeds;
mod mailbox;
mod messages;
mod senders;
mod streams;
mod topic;
mod views;

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{FromRef, FromRequestParts},
    http::{StatusCode, request::Parts},
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::Role;
use futures::{Stream, StreamExt as _};
use serde::Serialize;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use self::topic::Subscription;
use super::{Web, client_address::ClientAddress, rate_limit, session::OfSession};

pub use authorization::authorization;
pub use check::check;
pub use feeds::Feeds;
pub use mailbox::mailbox;
pub use messages::{message, messages};
pub use senders::sender_sessions;
pub use streams::{OpenStream, StreamLimits, Streams};

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Seconds until a client may open another stream.
const RETRY_SECONDS: u64 = 10;

/// The client of a stream, identified by its session. Counts as an open stream until the last clone
/// is dropped.
#[derive(Clone)]
pub struct Listener {
    feeds: Arc<Feeds>,
    session: OfSession,
    stopping: CancellationToken,
    open: Arc<OpenStream>,
}

impl FromRequestParts<Web> for Listener {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let session = Extension::<OfSession>::from_request_parts(parts, web).await;
        let address = Extension::<ClientAddress>::from_request_parts(parts, web).await;
        let (Ok(Extension(session)), Ok(Extension(ClientAddress(address)))) = (session, address)
        else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into_response());
        };
        let OfSession(token) = &session;
        let Some(open) = web.streams.open(address, token.hash()) else {
            return Err(rate_limit::too_many(parts.uri.path(), RETRY_SECONDS));
        };
        Ok(Self {
            feeds: Arc::clone(&web.feeds),
            session,
            stopping: CancellationToken::from_ref(web),
            open: Arc::new(open),
        })
    }
}

impl Listener {
    /// Subscribes to the role of the session.
    fn role(&self) -> Subscription<Role> {
        let OfSession(token) = &self.session;
        self.feeds.session(token)
    }

    /// Completes when the session has ended or no longer has the required role.
    async fn ended(self, role: Role) {
        let mut roles = self.role();
        while let Some(current) = roles.next().await {
            if !current.includes(role) {
                break;
            }
        }
    }

    /// Sends the items as JSON until they end, the session loses the required role, the time limit
    /// is reached, or the server stops.
    fn send_json<T: Serialize>(
        self,
        what: impl Stream<Item = T> + Send + 'static,
        role: Role,
        max_duration: Duration,
    ) -> Response {
        // Serialization cannot fail, because all items consist of texts and numbers.
        let events = what.map(|item| Event::default().json_data(&item).unwrap_or_default());
        self.send(events, role, max_duration)
    }

    /// Sends events with the same end conditions as [`Self::send_json`].
    fn send(
        self,
        events: impl Stream<Item = Event> + Send + 'static,
        role: Role,
        max_duration: Duration,
    ) -> Response {
        let deadline = Instant::now() + max_duration;
        let (stopping, open) = (self.stopping.clone(), Arc::clone(&self.open));
        let end = async move {
            tokio::select! {
                () = stopping.cancelled_owned() => {}
                () = sleep_until(deadline) => {}
                () = self.ended(role) => {}
            }
        };
        let events = events.take_until(Box::pin(end)).map(move |event| {
            let _counted = &open;
            Ok::<_, Infallible>(event)
        });
        Sse::new(events)
            .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
            .into_response()
    }
}
