//! Facts about a message other than its content.

use domain::{Arrival, ArrivalProtocol, DataCenter, OutboxMessage};
use leptos::{either::Either, prelude::*};

use crate::{paths, ui::when::When};

/// Sender, data center, submitter, time, and how the message came in.
#[component]
pub fn Facts(
    message: OutboxMessage,
    data_center: Option<DataCenter>,
    /// True if the sender still exists.
    has_sender: bool,
) -> impl IntoView {
    let (words, name) = wording::actor(&message.submitted_by);
    let by = [words, name].concat();
    let sender = message.sender.to_string();
    let name = data_center.map_or_else(
        || message.data_center.to_string(),
        |data_center| data_center.name.to_string(),
    );
    let finished = message.finished_at.map(|at| {
        view! {
            <dt>"Ended"</dt>
            <dd>
                <When at />
            </dd>
        }
    });
    let raw = paths::MessageSource::path(message.id.as_str());
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">"Message"</h2>
            <dl class="facts">
                <dt>"From"</dt>
                <dd><bdi>{message.from}</bdi></dd>
                <dt>"Envelope sender"</dt>
                <dd>{sender}</dd>
                <dt>"Message-ID"</dt>
                <dd><bdi>{message.message_id}</bdi></dd>
                <dt>"Data center"</dt>
                <dd><bdi>{name}</bdi></dd>
                <dt>"Submitted by"</dt>
                <dd><bdi>{by}</bdi></dd>
                <ArrivalFacts arrival=message.arrival has_sender />
                <dt>"Accepted"</dt>
                <dd>
                    <When at=message.created_at />
                </dd>
                {finished}
                <dt>"Size"</dt>
                <dd>{wording::size(message.size.unsigned_abs())}</dd>
            </dl>
            {if message.has_content {
                Either::Left(view! {
                    <p class="choices">
                        <a class="button quiet" href=raw download rel="external" id="download">
                            "Download the source"
                        </a>
                    </p>
                })
            } else {
                Either::Right(view! { <p class="help">"The content was deleted."</p> })
            }}
        </section>
    }
}

/// The way the message came in. The client chooses its name, so it is set apart from the text.
#[component]
fn ArrivalFacts(arrival: Arrival, has_sender: bool) -> impl IntoView {
    let is_smtp = arrival.protocol == ArrivalProtocol::Smtp;
    let sender = arrival.sender.map(|sender| {
        view! {
            <dt>"Sender"</dt>
            <dd>
                <bdi>{sender.name.to_string()}</bdi>
                {(!has_sender).then_some(" (removed)")}
            </dd>
        }
    });
    let resent = arrival.resent_from.map(|id| {
        let path = paths::Message::path(id.as_str());
        view! {
            <dt>"Resent from"</dt>
            <dd>
                <a href=path rel="external">
                    "The original message"
                </a>
            </dd>
        }
    });
    let rows = [
        (
            "Client address",
            arrival.client_address.map(|address| address.to_string()),
        ),
        ("Client name", arrival.client_name),
        (
            "TLS",
            is_smtp.then(|| arrival.tls.unwrap_or_else(|| "none".to_owned())),
        ),
        ("Listener", arrival.listener),
    ];
    let rows = rows
        .into_iter()
        .filter_map(|(label, value)| {
            value.map(|value| {
                view! {
                    <dt>{label}</dt>
                    <dd>
                        <bdi>{value}</bdi>
                    </dd>
                }
            })
        })
        .collect_view();
    view! {
        <dt>"Submitted"</dt>
        <dd>{wording::arrival_protocol(arrival.protocol)}</dd>
        {sender}
        {resent}
        {rows}
    }
}
