//! Facts about a message other than its content.

use domain::{DataCenter, OutboxMessage};
use leptos::{either::Either, prelude::*};

use crate::{paths, ui::when::When};

/// Sender, data center, submitter, and time.
#[component]
pub fn Facts(message: OutboxMessage, data_center: Option<DataCenter>) -> impl IntoView {
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
