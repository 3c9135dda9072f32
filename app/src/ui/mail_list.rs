//! Mail in a list.

use domain::MailSummary;
use leptos::prelude::*;

use crate::{
    mailbox_query::MailboxQuery,
    paths::{self, with_query},
    ui::when::When,
};

/// The entries, each with a link to its mail. `query` names the data center and the folder.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn MailEntries(mails: Vec<MailSummary>, query: MailboxQuery) -> impl IntoView {
    let query = query.of_folder();
    mails
        .into_iter()
        .map(|mail| view! { <Entry mail query=query.clone() /> })
        .collect_view()
}

#[component]
fn Entry(mail: MailSummary, query: MailboxQuery) -> impl IntoView {
    let query = MailboxQuery {
        mail: mail.id.to_string(),
        ..query
    };
    let address = with_query(paths::Mail::PATH, &query.fields());
    let class = if mail.seen { "mail" } else { "mail unread" };
    let state = [
        (!mail.seen).then_some("Unread. "),
        mail.answered.then_some("Answered. "),
        mail.flagged.then_some("Flagged. "),
    ];
    let state: String = state.into_iter().flatten().collect();
    view! {
        <li class=class id=["mail-", &mail.id.to_string()].concat()>
            <a href=address rel="external">
                {(!state.is_empty()).then(|| view! { <span class="visually-hidden">{state}</span> })}
                <bdi class="mail-from">{wording::mail_from(mail.from)}</bdi>
                " "
                <bdi class="mail-subject">{wording::mail_subject(mail.subject)}</bdi>
            </a>
            {mail.received_at.or(mail.sent_at).map(|at| view! { <When at /> })}
        </li>
    }
}
