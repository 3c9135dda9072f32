//! `/messages`: the outbox.

mod empty;
mod filter;

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use self::{empty::Nothing, filter::Filter};
use super::{failure::Failure, query::query_parameter};
use crate::{
    api::{self, MessageList},
    message_query::{MessageQuery, MessageQueryField},
    paths::{self, with_query},
    rendered,
    ui::{
        live::Live,
        outbox::{Chart, Hours, Summary},
    },
};

const PATH: &str = paths::Messages::PATH;

/// The messages, newest first, and the state of the outbox.
#[component]
pub fn MessagesPage() -> impl IntoView {
    let query = read();
    let shown = match query.filter() {
        Ok(filter) => {
            let list = api::message_list(filter, query.cursor());
            Either::Left(Suspend::new(async move {
                match list.await {
                    Ok(list) => Either::Left(view! { <Outbox list query /> }),
                    Err(error) => Either::Right(view! { <Failure error /> }),
                }
            }))
        }
        Err(wrong) => Either::Right(view! { <Unreadable query wrong /> }),
    };
    view! {
        <Title text="Messages" />
        <h1>"Messages"</h1>
        {shown}
    }
}

/// The filter with the field that could not be read.
#[component]
fn Unreadable(query: MessageQuery, wrong: MessageQueryField) -> impl IntoView {
    view! { <Filter query data_centers=Vec::new() wrong=Some(wrong) /> }
}

#[component]
fn Outbox(list: MessageList, query: MessageQuery) -> impl IntoView {
    let overview = list.overview;
    let data_centers: Vec<_> = overview
        .data_centers
        .iter()
        .map(|state| state.data_center.clone())
        .collect();
    // New messages appear on the first page only.
    let is_first = query.cursor().is_none();
    let events = with_query(paths::MessagesEvents::PATH, &query.parameters(""));
    let address = |after: &str| with_query(PATH, &query.parameters(after));
    let newest = (!is_first).then(|| address(""));
    let older = list.next.map(|next| address(next.as_str()));
    let rows = rendered::message_rows(&list.messages, &overview);
    let is_empty = list.messages.is_empty();
    let asks_for_all = !query.is_set() && is_first;
    let origin = list.origin;
    view! {
        {is_first.then(|| view! { <Live events /> })}
        <section aria-label="Summary" id=rendered::SUMMARY class="outbox-summary">
            <Summary overview=overview.clone() />
        </section>
        <figure class="chart card">
            <figcaption>"The last 24 hours"</figcaption>
            <div id=rendered::CHART class="chart-picture">
                <Chart overview=overview.clone() />
            </div>
            <details>
                <summary>"As a table"</summary>
                <table class="hours">
                    <thead>
                        <tr>
                            <th>"UTC"</th>
                            <th>"Accepted"</th>
                            <th>"Delivered"</th>
                            <th>"Failed"</th>
                            <th>"Waiting"</th>
                        </tr>
                    </thead>
                    <tbody id=rendered::HOURS>
                        <Hours overview />
                    </tbody>
                </table>
            </details>
        </figure>
        <Filter query data_centers wrong=None />
        // Events replace the content of this element while the page is open.
        <div id=rendered::MESSAGES>
            {if is_empty {
                Either::Left(view! { <Nothing asks_for_all origin /> })
            } else {
                Either::Right(view! { <div inner_html=rows></div> })
            }}
        </div>
        <nav class="pager" aria-label="Older and newer messages">
            {newest.map(|href| view! { <a href=href rel="external">"Newest"</a> })}
            {older.map(|href| view! { <a href=href rel="external" id="older">"Older"</a> })}
        </nav>
    }
}

fn read() -> MessageQuery {
    let text = |name| query_parameter(name).unwrap_or_default();
    MessageQuery {
        search: text("search"),
        state: text("state"),
        data_center: text("data_center"),
        from: text("from"),
        to: text("to"),
        after: text("after"),
    }
}
