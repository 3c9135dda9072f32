//! Section "Active alerts".

use domain::{AlertChannel, AlertCondition, Notification, NotificationEvent, NotificationState};
use leptos::{either::Either, prelude::*};

use super::{Names, channel::shown};
use crate::ui::when::When;

/// The active alerts, with their start and their notifications.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn ActiveAlerts(
    wrong: Vec<(AlertCondition, Vec<Notification>)>,
    channels: Vec<AlertChannel>,
    names: Names,
) -> impl IntoView {
    let is_empty = wrong.is_empty();
    let rows = wrong
        .into_iter()
        .map(|(condition, notifications)| {
            view! { <One condition notifications channels=channels.clone() names=names.clone() /> }
        })
        .collect_view();
    view! {
        <section class="card" id="active-alerts" aria-labelledby="active-alerts-title">
            <h2 id="active-alerts-title">"Active alerts"</h2>
            {if is_empty {
                Either::Left(view! { <p class="empty">"No active alerts."</p> })
            } else {
                Either::Right(view! { <ul class="alerts">{rows}</ul> })
            }}
        </section>
    }
}

#[component]
fn One(
    condition: AlertCondition,
    notifications: Vec<Notification>,
    channels: Vec<AlertChannel>,
    names: Names,
) -> impl IntoView {
    let name = names.of_subject(&condition.subject);
    let page = wording::alert_path(&condition.subject);
    let why = condition.facts.finding.as_ref().map_or_else(
        || wording::alert_kind_help(condition.kind).to_owned(),
        |finding| {
            let explained = wording::explain(finding);
            [&*explained.cause, " ", &explained.fix].concat()
        },
    );
    let ends = condition.facts.ends_at;
    let waiting = condition.facts.waiting_since;
    let silent = condition.facts.silent_since;
    let of_server = wording::server_facts(&condition.facts)
        .into_iter()
        .map(|(name, value)| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
        .collect_view();
    let sent: Vec<_> = notifications
        .into_iter()
        .filter(|notification| notification.event == NotificationEvent::Began)
        .collect();
    let is_silent = sent.is_empty();
    let sent = sent
        .into_iter()
        .map(|notification| {
            let channel = channels
                .iter()
                .find(|channel| channel.id == notification.channel);
            let channel = channel.map_or_else(|| "a removed channel".to_owned(), shown);
            view! { <li>{channel} ": " <Outcome notification /></li> }
        })
        .collect_view();
    view! {
        <li>
            <h3>
                <a href=page rel="external">
                    <bdi>{name}</bdi>
                </a>
                ": "
                {wording::alert_kind(condition.kind)}
            </h3>
            <p>{why}</p>
            <dl class="facts">
                <dt>"Since"</dt>
                <dd>
                    <When at=condition.since />
                </dd>
                {ends
                    .map(|at| {
                        view! {
                            <dt>"Ends"</dt>
                            <dd>
                                <When at />
                            </dd>
                        }
                    })}
                {waiting
                    .map(|at| {
                        view! {
                            <dt>"Waiting since"</dt>
                            <dd>
                                <When at />
                            </dd>
                        }
                    })}
                {silent
                    .map(|at| {
                        view! {
                            <dt>"Last message"</dt>
                            <dd>
                                <When at />
                            </dd>
                        }
                    })}
                {of_server}
                <dt>"Notified"</dt>
                <dd>
                    {if is_silent {
                        Either::Left("no channel: there was none when the problem started, or this condition raises no alerts")
                    } else {
                        Either::Right(view! { <ul class="plain">{sent}</ul> })
                    }}
                </dd>
            </dl>
        </li>
    }
}

/// Shows the state of a notification.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Outcome(notification: Notification) -> impl IntoView {
    let failure = notification.failure.map(wording::notification_failure);
    let failure = failure.unwrap_or_default();
    match (notification.state, notification.finished_at) {
        (NotificationState::Delivered, Some(at)) => view! { "delivered " <When at /> }.into_any(),
        (NotificationState::Failed, _) => ["failed. ", &failure].concat().into_any(),
        _ if notification.attempts == 0 => "pending".into_any(),
        _ => view! {
            "not delivered yet. "
            {failure}
            " Next attempt "
            <When at=notification.due_at />
            "."
        }
        .into_any(),
    }
}
