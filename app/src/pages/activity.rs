//! `/activity`: the audit log.

mod entry;
mod filter;

use domain::AuditFilter;
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use self::{entry::ActivityEntry, filter::Filter};
use super::{failure::Failure, query::query_parameter};
use crate::{
    activity_query::ActivityQuery,
    api::{self, Activity},
    paths::{self, with_query},
};

/// The audit log, newest first.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let query = read();
    let (shown, wrong) = match query.filter() {
        Ok(filter) => (Some(list(filter, query.clone())), None),
        Err(wrong) => (None, Some(wrong)),
    };
    view! {
        <Title text="Activity" />
        <h1>"Activity"</h1>
        <Filter query wrong />
        {shown}
        <p class="help">
            "Entries cannot be changed or removed. Each one is sealed together with the previous one, so "
            <code>"mailgrant audit verify"</code> " detects any tampering."
        </p>
    }
}

fn list(filter: AuditFilter, query: ActivityQuery) -> impl IntoView {
    let asks_for_all = filter == AuditFilter::default() && query.before().is_none();
    let activity = api::activity(filter, query.before());
    Suspend::new(async move {
        match activity.await {
            Ok(activity) => Either::Left(view! { <Entries activity query asks_for_all /> }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    })
}

#[component]
fn Entries(activity: Activity, query: ActivityQuery, asks_for_all: bool) -> impl IntoView {
    let is_empty = activity.entries.is_empty();
    let data_centers = activity.data_centers;
    let entries = activity
        .entries
        .into_iter()
        .map(|entry| view! { <ActivityEntry entry data_centers=data_centers.clone() /> })
        .collect_view();
    let newest = query
        .before()
        .map(|_| address(paths::Activity::PATH, &query, None));
    let older = activity
        .older
        .map(|before| address(paths::Activity::PATH, &query, Some(before)));
    view! {
        {if is_empty {
            let words = if asks_for_all { "No activity yet." } else { "No matches." };
            view! { <p class="empty card">{words}</p> }.into_any()
        } else {
            view! { <ol class="activity card">{entries}</ol> }.into_any()
        }}
        <nav class="pager" aria-label="Entries">
            {newest.map(|href| view! { <a href=href rel="external">"Newest"</a> })}
            {older.map(|href| view! { <a href=href rel="external" id="older">"Older"</a> })}
        </nav>
    }
}

fn read() -> ActivityQuery {
    let text = |name| query_parameter(name).unwrap_or_default();
    ActivityQuery {
        who: text("who"),
        action: text("action"),
        subject: text("subject"),
        from: text("from"),
        to: text("to"),
        before: text("before"),
    }
}

/// Returns the URL of a page with the same filter.
fn address(path: &str, query: &ActivityQuery, before: Option<i64>) -> String {
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    with_query(
        path,
        &[
            ("who", &query.who),
            ("action", &query.action),
            ("subject", &query.subject),
            ("from", &query.from),
            ("to", &query.to),
            ("before", &before),
        ],
    )
}
