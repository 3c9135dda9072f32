//! The form that filters messages.

use domain::{DataCenter, MessageState};
use leptos::prelude::*;

use super::PATH;
use crate::{
    form::filter::{FilterButtons, FilterChoice, FilterDay, FilterText},
    message_query::{MessageQuery, MessageQueryField},
};

/// The form. The most common fields are visible, and the others can be expanded. `wrong` is the
/// field that is invalid.
#[component]
pub fn Filter(
    query: MessageQuery,
    data_centers: Vec<DataCenter>,
    wrong: Option<MessageQueryField>,
) -> impl IntoView {
    let all = query.is_set().then(|| PATH.to_owned());
    let is = |field| wrong == Some(field);
    let more = !(query.data_center.is_empty() && query.from.is_empty() && query.to.is_empty());
    let several = data_centers.len() > 1 || is(MessageQueryField::DataCenter);
    let any = || std::iter::once((String::new(), "All".to_owned()));
    let states = MessageState::ALL.iter().map(|state| {
        let words = wording::message_state(*state).to_owned();
        (state.code().to_owned(), words)
    });
    let names = data_centers
        .into_iter()
        .map(|one| (one.id.to_string(), one.name.to_string()));
    view! {
        <form method="get" action=PATH class="card filter" id="message-filter" aria-label="Filter">
            <FilterText
                name="search"
                label="Search"
                help="Searches the subject, addresses, and Message-ID."
                value=query.search
            />
            <FilterChoice
                name="state"
                label="State"
                options=any().chain(states).collect()
                chosen=query.state
                wrong=is(MessageQueryField::State)
            />
            <details class="more" open=more>
                <summary>{if several { "Days and data center" } else { "Days" }}</summary>
                <div class="filter-more">
                    <FilterDay name="from" label="From" value=query.from wrong=is(MessageQueryField::From) />
                    <FilterDay name="to" label="To" value=query.to wrong=is(MessageQueryField::To) />
                    {several
                        .then(|| {
                            view! {
                                <FilterChoice
                                    name="data_center"
                                    label="Data center"
                                    options=any().chain(names).collect()
                                    chosen=query.data_center
                                    wrong=is(MessageQueryField::DataCenter)
                                />
                            }
                        })}
                </div>
            </details>
            <FilterButtons words="Show" all />
        </form>
    }
}
