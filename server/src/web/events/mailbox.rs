//! Sends new mail of a folder to the page that displays it, as rendered HTML.

use std::time::Duration;

use app::{mailbox_query::MailboxQuery, patch::HtmlPatch, rendered};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use domain::{DataCenterId, MailPage, MailQuery, PagePosition, Role};
use futures::{Stream, stream};
use mail::{MailError, MailWatch, MailboxError, Mailer};
use tokio::sync::watch;

use super::Listener;

/// Maximum duration of a stream. The browser then reconnects.
const MAX_DURATION: Duration = Duration::from_mins(30);

/// The state of a stream that waits for mail.
struct Waiting {
    mailer: Mailer,
    id: DataCenterId,
    requested: MailQuery,
    query: MailboxQuery,
    watch: watch::Receiver<MailWatch>,
    /// The last seen value of the change counter.
    changes: u64,
    reported: usize,
    in_trouble: bool,
}

/// Sends mail that is newer than the page, each time more arrives. Ends with the session.
pub async fn mailbox(
    State(mailer): State<Mailer>,
    listener: Listener,
    Query(query): Query<MailboxQuery>,
) -> Response {
    let (Ok(id), Ok(requested)) = (query.data_center(), query.list()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match mailer.mailboxes.is_configured(&id).await {
        Ok(true) => {}
        // No mail will ever arrive.
        Ok(false) | Err(MailError::UnknownDataCenter) => {
            return StatusCode::NOT_FOUND.into_response();
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "folder watch failed");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    }
    let Some(watch) = mailer.mailboxes.watch(&id, &requested.folder) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let waiting = Waiting {
        mailer,
        id,
        requested,
        query,
        watch,
        changes: 0,
        reported: 0,
        in_trouble: false,
    };
    listener.send_json(patches(waiting), Role::Operator, MAX_DURATION)
}

fn patches(waiting: Waiting) -> impl Stream<Item = HtmlPatch> + Send + 'static {
    stream::unfold(Some(waiting), |waiting| async move {
        let mut waiting = waiting?;
        loop {
            let now = waiting.watch.borrow_and_update().clone();
            if let Some(patch) = waiting.patch(now).await {
                let goes_on = patch.ended.is_none();
                return Some((patch, goes_on.then_some(waiting)));
            }
            waiting.watch.changed().await.ok()?;
        }
    })
}

impl Waiting {
    /// Returns the HTML to send, if anything has changed.
    async fn patch(&mut self, now: MailWatch) -> Option<HtmlPatch> {
        if let Some(finding) = now.trouble {
            let is_new = !self.in_trouble;
            self.in_trouble = true;
            return is_new.then(|| rendered::mail_watch(Some(*finding)));
        }
        if self.in_trouble {
            self.in_trouble = false;
            // The mail is sent in the next step.
            self.watch.mark_changed();
            return Some(rendered::mail_watch(None));
        }
        if now.changes == self.changes {
            return None;
        }
        self.changes = now.changes;
        match self.mailer.mailboxes.page(&self.id, &self.requested).await {
            Ok(page) => self.new_mail(page),
            Err(MailboxError::Renumbered { .. }) => Some(rendered::mail_renumbered()),
            // If the failure lasts, the watch reports it.
            Err(_) => None,
        }
    }

    fn new_mail(&mut self, page: MailPage) -> Option<HtmlPatch> {
        let mut mails = page.mails;
        if matches!(self.requested.place, PagePosition::After(_)) {
            mails.reverse();
        }
        let before = std::mem::replace(&mut self.reported, mails.len());
        let is_more = mails.len() > before;
        // The list was empty before and still is.
        (is_more || before > 0).then(|| rendered::new_mail(mails, &self.query, is_more))
    }
}
