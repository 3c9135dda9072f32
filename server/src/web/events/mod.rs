//! What happens while a page is open, told to it (server-sent events).

mod authorization;
mod check;
mod mailbox;
mod messages;

use std::{convert::Infallible, time::Duration};

use access::Access;
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
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{Web, session::OfSession};

pub use authorization::authorization;
pub use check::check;
pub use mailbox::mailbox;
pub use messages::{message, messages};

/// The database is asked, so that it does not matter which process knows more.
const EVERY: Duration = Duration::from_millis(300);
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Whoever listens, by the session.
#[derive(Clone)]
pub struct Listener {
    access: Access,
    session: OfSession,
    stopping: CancellationToken,
}

impl FromRequestParts<Web> for Listener {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, StatusCode> {
        let session = Extension::<OfSession>::from_request_parts(parts, web).await;
        let Extension(session) = session.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Self {
            access: Access::from_ref(web),
            session,
            stopping: CancellationToken::from_ref(web),
        })
    }
}

impl Listener {
    /// Whether the session is still one of such a role.
    async fn is_still(&self, role: Role) -> bool {
        let OfSession(token) = &self.session;
        match self.access.session(token).await {
            Ok(Some(signed_in)) => signed_in.role.includes(role),
            Ok(None) => false,
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "cannot read a session");
                false
            }
        }
    }

    /// Returns when the session is no longer one of such a role.
    async fn ended(&self, role: Role) {
        while self.is_still(role).await {
            sleep(EVERY).await;
        }
    }

    /// Tells what happens, until it ends, the time is over or the server stops.
    fn tell<T: Serialize>(
        self,
        what: impl Stream<Item = T> + Send + 'static,
        at_most: Duration,
    ) -> Response {
        let deadline = Instant::now() + at_most;
        let stopping = self.stopping;
        let events = what
            .map(|item| {
                // Fails for nothing that is told here: texts and numbers only.
                Ok::<_, Infallible>(Event::default().json_data(&item).unwrap_or_default())
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
}
