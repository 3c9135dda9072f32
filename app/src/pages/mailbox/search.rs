//! The search form.

use domain::{
    SearchIn,
    mailbox::{MailboxField, MailboxProblem},
};
use leptos::prelude::*;

use crate::{
    form::filter::{FilterButtons, FilterChoice, FilterDay, FilterText},
    mailbox_query::MailboxQuery,
    paths::{self, with_query},
};

/// The form. `wrong` is the field that could not be read.
#[component]
pub fn Search(query: MailboxQuery, wrong: Option<MailboxField>) -> impl IntoView {
    let is_set = !(query.search.is_empty() && query.since.is_empty());
    let all = with_query(paths::Mailbox::PATH, &query.of_folder().fields());
    let error = |field| {
        (wrong == Some(field))
            .then(|| wording::mailbox_problem(&MailboxProblem::Field(field)).joined())
    };
    let own = SearchIn::from_code(&query.within).unwrap_or_default();
    let places = SearchIn::ALL.iter().map(|within| {
        let words = wording::search_in(*within).to_owned();
        (within.code().to_owned(), words)
    });
    view! {
        <form method="get" action=paths::Mailbox::PATH class="card filter" id="mail-search" role="search">
            <input type="hidden" name="data_center" value=query.data_center />
            <input type="hidden" name="folder" value=query.folder />
            <FilterText
                name="search"
                label="Search"
                value=query.search
                error=error(MailboxField::Search)
                wide=true
            />
            <FilterChoice
                name="within"
                label="Where"
                options=places.collect()
                chosen=own.code().to_owned()
            />
            <FilterDay
                name="since"
                label="Received since"
                value=query.since
                wrong=wrong == Some(MailboxField::Since)
            />
            <FilterButtons words="Search" all=is_set.then_some(all) />
        </form>
    }
}
