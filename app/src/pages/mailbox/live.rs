//! Elements that show new mail while the page is open.

use domain::MailId;
use leptos::prelude::*;

use crate::{
    mailbox_query::MailboxQuery,
    paths::{self, with_query},
    rendered::{LIVE, NEW_MAIL},
    ui::events::EVENTS_SAID,
};

/// Elements that stay empty until an event arrives. The browser subscribes to the events of the
/// named URL.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Live(query: MailboxQuery, newest: Option<MailId>) -> impl IntoView {
    let query = MailboxQuery {
        after: newest.map(|newest| newest.to_string()).unwrap_or_default(),
        ..query.of_folder()
    };
    view! {
        <div class="live" data-events=with_query(paths::MailboxEvents::PATH, &query.fields())>
            <p id=EVENTS_SAID class="visually-hidden" role="status"></p>
            <div id=LIVE></div>
            <ol id=NEW_MAIL class="mails card" aria-label="New mail"></ol>
        </div>
    }
}
