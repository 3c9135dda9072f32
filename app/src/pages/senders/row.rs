//! One sender in the list.

use domain::{Role, Sender, SenderLimits, UnixTime};
use leptos::{either::Either, prelude::*};

use crate::{paths, request, ui::when::When};

/// Number of networks that are named in the list.
const MAX_NETWORKS: usize = 4;

/// A row of the list. `data_center` is its name if there are several.
#[component]
pub fn SenderRow(
    sender: Sender,
    keys: Vec<String>,
    data_center: Option<String>,
    now: UnixTime,
    may_edit: bool,
) -> impl IntoView {
    let name = sender.name.to_string();
    let expired = sender.is_expired(now);
    let edit = may_edit.then(|| {
        view! {
            <a
                href=paths::EditSender::path(sender.id.as_str())
                rel="external"
                aria-label=["Edit ", &name].concat()
            >
                "Edit"
            </a>
        }
    });
    // Text of clients is untrusted, so it needs a higher role than the list.
    let connections = request::may(Role::Operator).then(|| {
        view! {
            <a
                class="help"
                href=paths::SenderSessions::path(sender.id.as_str())
                rel="external"
                aria-label=["Connections of ", &name].concat()
            >
                "Connections"
            </a>
        }
    });
    let limits = limits(sender.settings.limits);
    let end = sender.settings.expires_at.map(|end| {
        let word = if expired { "expired after " } else { "until " };
        [word, &end.plus(-1).date()].concat()
    });
    let limits = if limits.is_empty() && end.is_none() {
        "none".to_owned()
    } else {
        limits.into_iter().chain(end).collect::<Vec<_>>().join(", ")
    };
    let seen = match sender.last_seen_at {
        Some(at) => Either::Left(view! { <When at /> }),
        None => Either::Right("never"),
    };
    let counts = [
        &wording::count(sender.accepted),
        " accepted, ",
        &wording::count(sender.rejected),
        " rejected",
    ]
    .concat();
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" data-label="Sender">
                <bdi>{name}</bdi>
                {expired.then(|| view! { <span class="badge">"expired"</span> })}
                <Ways sender keys />
                {data_center
                    .map(|name| {
                        view! { <span class="help">"Sends from " <bdi>{name}</bdi></span> }
                    })}
            </th>
            <td role="cell" data-label="Limits">
                {limits}
            </td>
            <td role="cell" data-label="Last message">
                <span>
                    {seen}
                    <span class="since help">{counts}</span>
                    {connections}
                </span>
            </td>
            <td role="cell" class="act">
                {edit}
            </td>
        </tr>
    }
}

/// The ways in which a sender is recognized.
#[component]
fn Ways(sender: Sender, keys: Vec<String>) -> impl IntoView {
    let networks = networks(&sender);
    let is_unknown = sender.user.is_none() && networks.is_none() && keys.is_empty();
    view! {
        {sender
            .user
            .map(|user| {
                view! {
                    <span class="help">"User name " <code>{user.as_str().to_owned()}</code></span>
                }
            })}
        {networks.map(|networks| view! { <span class="help">{networks}</span> })}
        {(!keys.is_empty())
            .then(|| {
                view! { <span class="help">"API key " <bdi>{keys.join(", ")}</bdi></span> }
            })}
        {is_unknown
            .then(|| {
                view! {
                    <span class="help">
                        "Not recognized yet: no user name, network, or API key"
                    </span>
                }
            })}
    }
}

fn networks(sender: &Sender) -> Option<String> {
    let networks = &sender.settings.networks;
    let shown: Vec<_> = networks.iter().take(MAX_NETWORKS).collect();
    let shown: Vec<_> = shown.iter().map(ToString::to_string).collect();
    let more = networks.len().saturating_sub(MAX_NETWORKS);
    let more = (more > 0).then(|| format!(" and {more} more"));
    let list = shown.join(", ");
    (!networks.is_empty()).then(|| ["Address ", &list, &more.unwrap_or_default()].concat())
}

fn limits(limits: SenderLimits) -> Vec<String> {
    let limit = |most: Option<u32>, period: &str| {
        most.map(|most| [&wording::count(most.into()), period].concat())
    };
    let limits = [
        limit(limits.per_minute, " a minute"),
        limit(limits.per_day, " a day"),
    ];
    limits.into_iter().flatten().collect()
}
