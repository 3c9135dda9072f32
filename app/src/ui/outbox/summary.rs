//! State of the outbox: numbers, use of the limits, and problems.

use domain::{MessageState, OutboxOverview, SendingState};
use leptos::prelude::*;

use super::sending_problems::SendingProblems;
use crate::paths;

/// Numbers of waiting, delivered, and failed messages, and the state of each data center.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Summary(overview: OutboxOverview) -> impl IntoView {
    let several = overview.data_centers.len() > 1;
    let uses: Vec<_> = overview
        .data_centers
        .iter()
        .filter_map(|state| used(state).map(|used| (state.data_center.name.to_string(), used)))
        .map(|(name, used)| {
            view! {
                <li>
                    {several.then(|| view! { <strong><bdi>{name}</bdi> ": "</strong> })}
                    {used}
                </li>
            }
        })
        .collect();
    let is_limited = !uses.is_empty();
    view! {
        <SendingProblems overview=overview.clone() />
        <dl class="tallies">
            <MessageCounts words="Waiting" during="now" number=overview.waiting state=MessageState::Waiting />
            <MessageCounts words="Delivered" during="in 24 hours" number=overview.delivered() state=MessageState::Delivered />
            <MessageCounts words="Failed" during="in 24 hours" number=overview.failed() state=MessageState::Failed />
        </dl>
        {is_limited.then(|| view! { <ul class="limits-used">{uses}</ul> })}
    }
}

#[component]
fn MessageCounts(
    words: &'static str,
    during: &'static str,
    number: i64,
    state: MessageState,
) -> impl IntoView {
    let href = [paths::Messages::PATH, "?state=", state.code()].concat();
    view! {
        <div class="message-counts">
            <dt>
                <a href=href rel="external">
                    {words}
                </a>
                " "
                <span class="soft">{during}</span>
            </dt>
            <dd>{wording::count(number)}</dd>
        </div>
    }
}

/// Describes the use of each limit; `None` without limits.
fn used(state: &SendingState) -> Option<String> {
    let (used, limits) = (state.used, state.limits);
    let parts: Vec<_> = [
        (used.last_day, limits.per_day, "messages in 24 hours"),
        (used.last_minute, limits.per_minute, "in the last minute"),
        (used.connections, limits.connections, "connections"),
    ]
    .into_iter()
    .filter_map(|(used, limit, of)| {
        let limit = wording::count(limit?.into());
        Some([&wording::count(used.into()), " of ", &limit, " ", of].concat())
    })
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
