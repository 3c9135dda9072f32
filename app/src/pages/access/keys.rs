//! Section "API keys": the list.

use domain::{ApiKey, DataCenter, DataCenterId, Sender, UnixTime, access::AccessField};
use leptos::prelude::*;

use super::{new_key::NewKey, when};
use crate::{form::FormView, paths, ui::data_center::data_center_name};

/// The keys, and the form that creates one.
#[component]
pub fn Keys(
    keys: Vec<ApiKey>,
    data_centers: Vec<DataCenter>,
    senders: Vec<Sender>,
    make: FormView<AccessField>,
) -> impl IntoView {
    let is_empty = keys.is_empty();
    let rows = keys
        .into_iter()
        .map(|key| {
            let data_center = shown_data_center(key.data_center.as_ref(), &data_centers);
            let mut all = senders.iter();
            let sender = all.find(|one| key.sender.as_ref() == Some(&one.id));
            let sender = sender.map(|sender| sender.name.to_string());
            view! { <KeyRow key data_center sender /> }
        })
        .collect_view();
    let table = view! {
        <table class="stacked" role="table" id="keys">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader">"Name"</th>
                    <th role="columnheader">"May"</th>
                    <th role="columnheader">"Data center"</th>
                    <th role="columnheader">"Last day"</th>
                    <th role="columnheader">"Last used"</th>
                    <th role="columnheader">
                        <span class="visually-hidden">"End"</span>
                    </th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    };
    view! {
        <section class="card" aria-labelledby="keys-title">
            <h2 id="keys-title">"API keys"</h2>
            <p class="help">
                "Programs authenticate with a key. Available operations: "
                <a href=paths::ApiDocs::PATH rel="external">
                    "API for programs"
                </a> "."
            </p>
            {if is_empty {
                view! { <p class="empty">"No API keys yet."</p> }.into_any()
            } else {
                table.into_any()
            }}
            <NewKey form=make data_centers senders />
        </section>
    }
}

fn shown_data_center(id: Option<&DataCenterId>, all: &[DataCenter]) -> String {
    let Some(id) = id else {
        return "All".to_owned();
    };
    data_center_name(all, id.as_str())
}

/// Returns the day before the second at which a key expires.
fn last_day(expires_at: Option<UnixTime>) -> String {
    expires_at.map_or_else(|| "none".to_owned(), |at| at.plus(-1).date())
}

#[component]
fn KeyRow(key: ApiKey, data_center: String, sender: Option<String>) -> impl IntoView {
    let name = key.name.to_string();
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.code()).collect();
    let scope_help: Vec<_> = key
        .scopes
        .iter()
        .map(|scope| wording::key_scope(*scope))
        .collect();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Name">
                <bdi>{name.clone()}</bdi>
                {sender
                    .map(|sender| {
                        view! { <span class="help">"Sender: " <bdi>{sender}</bdi></span> }
                    })}
            </th>
            <td role="cell" data-label="May" title=scope_help.join(", ")>
                {scopes.join(", ")}
            </td>
            <td role="cell" data-label="Data center">
                <bdi>{data_center}</bdi>
            </td>
            <td role="cell" class="day" data-label="Last day">
                {last_day(key.expires_at)}
            </td>
            <td role="cell" data-label="Last used">
                {when(key.last_used_at)}
            </td>
            <td role="cell" class="act">
                <details class="confirm">
                    <summary aria-label=["End ", &name].concat()>"End"</summary>
                    <form method="post" action=paths::AccessSettings::PATH>
                        <p class="help">"Requests with this key are rejected immediately."</p>
                        <input type="hidden" name="id" value=key.id.as_str().to_owned() />
                        <button name="do" value="end_key" class="button danger">
                            // One text, so the button does not lay out its parts in columns.
                            <span>"End " <bdi>{name}</bdi></span>
                        </button>
                    </form>
                </details>
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use domain::UnixTime;

    use super::last_day;

    #[test]
    fn the_last_day_is_the_one_that_was_typed() {
        let end = UnixTime::of_day("2026-11-24").unwrap();
        assert_eq!(last_day(Some(end)), "2026-11-23");
        assert_eq!(last_day(None), "none");
    }
}
