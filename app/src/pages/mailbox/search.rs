//! What is looked for.

use domain::SearchIn;
use leptos::prelude::*;

use crate::{
    api::MailTrouble,
    mailbox_query::{MailboxField, MailboxQuery},
    pages::with_query,
    text,
    ui::entry::Wrong,
};

/// The form. `wrong` is the field that cannot be read.
#[component]
pub fn Search(query: MailboxQuery, wrong: Option<MailboxField>) -> impl IntoView {
    let is_set = !(query.search.is_empty() && query.since.is_empty());
    let all = with_query("/mailbox", &query.of_folder().fields());
    let error = |field| {
        (wrong == Some(field)).then(|| text::mail_trouble(&MailTrouble::Field(field)).joined())
    };
    let (search_error, since_error) = (error(MailboxField::Search), error(MailboxField::Since));
    let own = SearchIn::from_code(&query.within).unwrap_or_default();
    let option = |within: &SearchIn| {
        view! {
            <option value=within.code() selected=*within == own>
                {text::search_in(*within)}
            </option>
        }
    };
    view! {
        <form method="get" action="/mailbox" class="card filter" id="mail-search" role="search">
            <input type="hidden" name="data_center" value=query.data_center />
            <input type="hidden" name="folder" value=query.folder />
            <div class="field wide">
                <label for="search">"Search"</label>
                <input
                    id="search"
                    name="search"
                    type="search"
                    value=query.search
                    autocomplete="off"
                    aria-invalid=search_error.is_some().then_some("true")
                    aria-describedby=search_error.is_some().then_some("search-error")
                />
                <Wrong id="search".to_owned() error=search_error />
            </div>
            <div class="field">
                <label for="within">"Where"</label>
                <select id="within" name="within">
                    {SearchIn::ALL.iter().map(option).collect_view()}
                </select>
            </div>
            <div class="field">
                <label for="since">"Received since"</label>
                <input
                    id="since"
                    name="since"
                    type="date"
                    value=query.since
                    aria-invalid=since_error.is_some().then_some("true")
                    aria-describedby=since_error.is_some().then_some("since-error")
                />
                <Wrong id="since".to_owned() error=since_error />
            </div>
            <div class="choices">
                <button class="button">"Search"</button>
                {is_set
                    .then(|| {
                        view! {
                            <a href=all rel="external" class="button quiet">
                                "Show all"
                            </a>
                        }
                    })}
            </div>
        </form>
    }
}
