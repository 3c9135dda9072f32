//! Messages as they come and change, told to the pages that show them: what has changed, as it is rendered.

use std::time::Duration;

use app::{
    api::{self, MessagePage},
    message_query::MessageQuery,
    rendered::{self, MessageFeed, Piece},
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{MessageFilter, MessageId, Role};
use futures::{Stream, StreamExt as _, stream};
use mail::{MailError, Mailer};
use tokio::time::sleep;

use super::Listener;

/// As long as a session.
const AT_MOST: Duration = Duration::from_hours(12);
/// Every page that is open asks the database that often.
const EVERY: Duration = Duration::from_secs(1);

/// Whoever looks, and at what.
struct Watching<T> {
    mailer: Mailer,
    listener: Listener,
    what: T,
    is_first: bool,
}

impl<T> Watching<T> {
    fn new(mailer: Mailer, listener: &Listener, what: T) -> Self {
        Self {
            mailer,
            listener: listener.clone(),
            what,
            is_first: true,
        }
    }

    /// Waits until it is time to look again; `false` when the session has ended.
    async fn goes_on(&mut self) -> bool {
        if !self.is_first {
            sleep(EVERY).await;
        }
        self.is_first = false;
        self.listener.is_still(Role::Viewer).await
    }
}

/// Sends what the first page of a list shows, then what changes on it; ends with the session.
pub async fn messages(
    State(mailer): State<Mailer>,
    listener: Listener,
    Query(query): Query<MessageQuery>,
) -> Response {
    let Ok(filter) = query.filter() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let watching = Watching::new(mailer, &listener, (filter, MessageFeed::default()));
    listener.tell(changes(watching), AT_MOST)
}

fn changes(watching: Watching<(MessageFilter, MessageFeed)>) -> impl Stream<Item = Piece> {
    let changes = stream::unfold(watching, |mut watching| async move {
        if !watching.goes_on().await {
            return None;
        }
        let pieces = told(look(&mut watching).await)?;
        Some((pieces, watching))
    });
    changes.flat_map(stream::iter)
}

async fn look(
    watching: &mut Watching<(MessageFilter, MessageFeed)>,
) -> Result<Vec<Piece>, MailError> {
    let (filter, feed) = &mut watching.what;
    let page = watching.mailer.messages(filter, None, api::AT_ONCE).await?;
    let overview = watching.mailer.outbox_overview().await?;
    Ok(feed.update(&page.messages, &overview))
}

/// Sends how a message stands, and again when that has changed; ends with the session, and when the message is forgotten.
pub async fn message(
    State(mailer): State<Mailer>,
    listener: Listener,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = MessageId::parse(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.message(&id).await {
        Ok(Some(_)) => {}
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
    let watching = Watching::new(mailer, &listener, (id, String::new()));
    listener.tell(states(watching), AT_MOST)
}

fn states(watching: Watching<(MessageId, String)>) -> impl Stream<Item = Piece> {
    stream::unfold(watching, |mut watching| async move {
        while watching.goes_on().await {
            let may_act = watching.listener.is_still(Role::Operator).await;
            let (id, shown) = &mut watching.what;
            let page: Option<MessagePage> =
                told(api::read_message(&watching.mailer, id, may_act).await)?;
            let html = rendered::message_details(page?);
            if *shown != html {
                shown.clone_from(&html);
                return Some((rendered::message_piece(html), watching));
            }
        }
        None
    })
}

/// When the database fails it ends, and the browser asks again.
fn told<T>(read: Result<T, MailError>) -> Option<T> {
    read.inspect_err(|error| {
        let error: &dyn std::error::Error = error;
        tracing::error!(error, "cannot read messages");
    })
    .ok()
}
