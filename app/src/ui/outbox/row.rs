//! A message in the list.

use domain::{OutboxMessage, Recipient};
use leptos::prelude::*;

use super::state_class;
use crate::{paths, ui::when::When};

/// Maximum number of recipients that a row names. It counts the others.
const NAMED: usize = 2;

/// State, time, subject, recipients, and finding. `data_center` is its name, if there are several.
#[component]
pub fn MessageRow(message: OutboxMessage, data_center: Option<String>) -> impl IntoView {
    let id = message.id.as_str();
    let href = paths::Message::path(id);
    let link_id = ["open-", id].concat();
    let finding = message
        .finding
        .as_ref()
        .filter(|_| message.state != domain::MessageState::Cancelled)
        .map(wording::explain);
    view! {
        <li id=["message-", id].concat() data-state=message.state.code()>
            <p class="entry-head">
                <span class=state_class::message_state_class(message.state)>
                    {wording::message_state(message.state)}
                </span>
                <When at=message.created_at />
                {data_center.map(|name| view! { <bdi>{name}</bdi> })}
            </p>
            <p class="message-subject">
                <a href=href id=link_id rel="external">
                    <bdi>{wording::message_subject(&message.subject)}</bdi>
                </a>
            </p>
            <p class="message-people">
                "To " <bdi>{recipients(&message.recipients)}</bdi> <span class="from">" from " <bdi>{message.from}</bdi></span>
            </p>
            {finding
                .map(|finding| {
                    view! {
                        <p class="message-finding">
                            {finding.likely.then_some("Probably: ")} {finding.cause}
                        </p>
                    }
                })}
        </li>
    }
}

fn recipients(all: &[Recipient]) -> String {
    let named = all.iter().take(NAMED);
    let named: Vec<_> = named.map(|recipient| recipient.address.as_str()).collect();
    match all.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        others => [&named.join(", "), " and ", &others.to_string(), " more"].concat(),
    }
}
