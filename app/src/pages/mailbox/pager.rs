//! Links between pages of the list.

use domain::MailId;
use leptos::prelude::*;

use crate::{
    mailbox_query::MailboxQuery,
    paths::{self, with_query},
};

/// Links to the newest and to older mail.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Pager(query: MailboxQuery, next: Option<MailId>, is_first: bool) -> impl IntoView {
    let at = |before: String| {
        let query = MailboxQuery {
            before,
            after: String::new(),
            ..query.clone()
        };
        with_query(paths::Mailbox::PATH, &query.fields())
    };
    let newest = (!is_first).then(|| at(String::new()));
    let older = next.map(|next| at(next.to_string()));
    view! {
        <nav class="pager" aria-label="Mail">
            {newest.map(|href| view! { <a href=href rel="external">"Newest"</a> })}
            {older.map(|href| view! { <a href=href rel="external" id="older">"Older"</a> })}
        </nav>
    }
}
