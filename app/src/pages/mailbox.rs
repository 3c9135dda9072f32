//! `/mailbox`: folders, and the mail of one of them.

mod data_center_choice;
mod folders;
mod live;
mod message;
mod pager;
mod problem;
mod search;

use domain::mailbox::{MailboxField, MailboxProblem};
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

pub use message::MailPage;

use self::{
    data_center_choice::DataCenterChoice, folders::Folders, live::Live, pager::Pager,
    problem::Problem, search::Search,
};
use super::{failure::Failure, query::query_parameter};
use crate::{
    api::{self, MailList, MailboxPage as Data},
    mailbox_query::MailboxQuery,
    ui::mail_list::MailEntries,
};

/// The list of mail.
#[component]
pub fn MailboxPage() -> impl IntoView {
    let query = read();
    let shown = api::mail_list(query.clone());
    let shown = Suspend::new(async move {
        match shown.await {
            Ok(shown) => Either::Left(view! { <Mailbox data=shown query /> }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <Title text="Mailbox" />
        <h1>"Mailbox"</h1>
        {shown}
    }
}

#[component]
fn Mailbox(data: Data<MailList>, query: MailboxQuery) -> impl IntoView {
    let Data {
        data_centers,
        content,
    } = data;
    let is_off = matches!(content, Err(MailboxProblem::Off));
    let wrong = match &content {
        Err(MailboxProblem::Field(field)) => Some(*field),
        _ => None,
    };
    let search = (!is_off).then(|| view! { <Search query=query.clone() wrong /> });
    let shown = match content {
        Ok(list) => view! { <List list query=query.clone() search /> }.into_any(),
        Err(MailboxProblem::Field(MailboxField::Search | MailboxField::Since)) => search.into_any(),
        Err(problem) => view! { <Problem problem query=query.clone() /> }.into_any(),
    };
    view! {
        <DataCenterChoice data_centers query />
        {shown}
    }
}

#[component]
fn List(list: MailList, query: MailboxQuery, search: impl IntoView + 'static) -> impl IntoView {
    let MailList { folders, page } = list;
    let is_first = query.before.is_empty() && query.after.is_empty();
    let is_all = query.search.trim().is_empty() && query.since.trim().is_empty();
    let live =
        (is_first && is_all).then(|| view! { <Live query=query.clone() newest=page.newest /> });
    let next = page.next;
    let empty = page.mails.is_empty().then_some(match (is_all, next) {
        (true, _) => "No mail in this folder.",
        (false, None) => "No matches.",
        (false, Some(_)) => "No matches so far. There is more mail to search.",
    });
    view! {
        <Folders folders query=query.clone() />
        {search}
        {live}
        {match empty {
            Some(words) => view! { <p class="empty card">{words}</p> }.into_any(),
            None => {
                view! {
                    <ol class="mails card" id="mails" aria-label="Mail">
                        <MailEntries mails=page.mails query=query.clone() />
                    </ol>
                }
                    .into_any()
            }
        }}
        <Pager query next is_first />
    }
}

/// Reads the query from the URL.
fn read() -> MailboxQuery {
    let text = |name| query_parameter(name).unwrap_or_default();
    MailboxQuery {
        data_center: text("data_center"),
        folder: text("folder"),
        search: text("search"),
        within: text("within"),
        since: text("since"),
        before: text("before"),
        after: text("after"),
        mail: text("mail"),
        show: text("show"),
        attachment: text("attachment"),
    }
}
