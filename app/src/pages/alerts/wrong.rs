//! Section "Wrong now".

use domain::{AlertCondition, AlertRoute, Notification, NotificationEvent, NotificationState};
use leptos::{either::Either, prelude::*};

use super::{Names, route::shown};
use crate::ui::when::When;

/// What is wrong, since when, and who was told.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn WrongNow(
    wrong: Vec<(AlertCondition, Vec<Notification>)>,
    routes: Vec<AlertRoute>,
    names: Names,
) -> impl IntoView {
    let is_empty = wrong.is_empty();
    let rows = wrong
        .into_iter()
        .map(|(condition, notifications)| {
            view! { <One condition notifications routes=routes.clone() names=names.clone() /> }
        })
        .collect_view();
    view! {
        <section class="card" id="wrong-now" aria-labelledby="wrong-now-title">
            <h2 id="wrong-now-title">"Wrong now"</h2>
            {if is_empty {
                Either::Left(view! { <p class="empty">"Nothing is wrong, as far as is known."</p> })
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
    routes: Vec<AlertRoute>,
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
    let of_server = wording::server_facts(&condition.facts)
        .into_iter()
        .map(|(name, value)| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
        .collect_view();
    let told: Vec<_> = notifications
        .into_iter()
        .filter(|notification| notification.event == NotificationEvent::Began)
        .collect();
    let told_nobody = told.is_empty();
    let told = told
        .into_iter()
        .map(|notification| {
            let route = routes.iter().find(|route| route.id == notification.route);
            let route = route.map_or_else(|| "a route that is gone".to_owned(), shown);
            view! { <li>{route} ": " <Outcome notification /></li> }
        })
        .collect_view();
    view! {
        <li>
            <h3>
                <a href=page rel="external">
                    {name}
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
                {of_server}
                <dt>"Told"</dt>
                <dd>
                    {if told_nobody {
                        Either::Left("nobody: no route could be told when it began, or it is not among what is told")
                    } else {
                        Either::Right(view! { <ul class="plain">{told}</ul> })
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
        (NotificationState::Told, Some(at)) => view! { "told " <When at /> }.into_any(),
        (NotificationState::Failed, _) => ["given up. ", &failure].concat().into_any(),
        _ if notification.attempts == 0 => "goes out".into_any(),
        _ => view! {
            "not taken yet. "
            {failure}
            " Tried again "
            <When at=notification.due_at />
            "."
        }
        .into_any(),
    }
}
