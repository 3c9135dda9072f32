//! The list of senders.

use domain::Role;
use leptos::{either::Either, prelude::*};

use super::row::SenderRow;
use crate::{api::SendersPage as Data, paths, request, ui::data_center::data_center_name};

/// The senders, with the link to the form that adds one.
#[component]
pub fn List(data: Data) -> impl IntoView {
    let Data {
        senders,
        keys,
        data_centers,
        now,
        may_edit,
        ..
    } = data;
    let is_empty = senders.is_empty();
    let several = data_centers.len() > 1;
    let rows = senders
        .into_iter()
        .map(|sender| {
            let own = keys.iter();
            let own = own.filter(|key| key.sender.as_ref() == Some(&sender.id));
            let keys = own.map(|key| key.name.to_string()).collect();
            let data_center =
                several.then(|| data_center_name(&data_centers, sender.data_center.as_str()));
            view! { <SenderRow sender keys data_center now may_edit /> }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="senders-title">
            <h2 id="senders-title">"Senders"</h2>
            {if is_empty {
                Either::Left(view! { <Empty may_edit /> })
            } else {
                Either::Right(
                    view! {
                        <table class="stacked" role="table" id="senders">
                            <thead role="rowgroup">
                                <tr role="row">
                                    <th role="columnheader">"Sender"</th>
                                    <th role="columnheader">"Limits"</th>
                                    <th role="columnheader">"Last message"</th>
                                    <th role="columnheader">
                                        <span class="visually-hidden">"Actions"</span>
                                    </th>
                                </tr>
                            </thead>
                            <tbody role="rowgroup">{rows}</tbody>
                        </table>
                    },
                )
            }}
            {may_edit.then(|| view! { <Add /> })}
            {request::may(Role::Operator)
                .then(|| {
                    view! {
                        <p class="help">
                            <a href=paths::UnknownSenders::PATH rel="external">
                                "Connections of unknown devices"
                            </a>
                        </p>
                    }
                })}
        </section>
    }
}

#[component]
fn Empty(may_edit: bool) -> impl IntoView {
    let next = if may_edit {
        "Add one to get the user name and password for it."
    } else {
        "Administrators add them."
    };
    view! {
        <p class="empty">
            "A sender is a program or device that submits mail to Mailgrant: a printer, Grafana, GitLab, a script. Each has its own password or address and its own rules, so you can change or remove one without touching the others. "
            {next}
        </p>
    }
}

#[component]
fn Add() -> impl IntoView {
    view! {
        <div class="choices">
            <a href=paths::AddDevice::PATH rel="external" class="button">
                "Add a device"
            </a>
            <a href=paths::AddSender::PATH rel="external" class="button quiet">
                "Add a sender"
            </a>
        </div>
    }
}
