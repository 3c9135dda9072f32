//! Section "Recent notifications".

use domain::{AlertChannel, Notification};
use leptos::{either::Either, prelude::*};

use super::{Names, active::Outcome, channel::shown};
use crate::ui::when::When;

/// The latest notifications and their results.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Latest(
    latest: Vec<Notification>,
    channels: Vec<AlertChannel>,
    names: Names,
) -> impl IntoView {
    let is_empty = latest.is_empty();
    let rows = latest
        .into_iter()
        .map(|notification| {
            let channel = channels
                .iter()
                .find(|channel| channel.id == notification.channel);
            let channel = channel.map_or_else(String::new, shown);
            let name = names.of_subject(&notification.condition.subject);
            let what = [
                ": ",
                wording::alert_kind(notification.condition.kind),
                ", ",
                wording::notification_event(notification.event),
            ]
            .concat();
            view! {
                <tr role="row">
                    <td role="cell" data-label="When">
                        <When at=notification.created_at />
                    </td>
                    <th role="rowheader" scope="row" data-label="What">
                        <span>
                            <bdi>{name}</bdi>
                            {what}
                        </span>
                    </th>
                    <td role="cell" data-label="To">
                        {channel}
                    </td>
                    <td role="cell" data-label="Outcome">
                        <span>
                            <Outcome notification />
                        </span>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="notifications-title">
            <h2 id="notifications-title">"Recent notifications"</h2>
            {if is_empty {
                Either::Left(view! { <p class="empty">"No notifications yet."</p> })
            } else {
                Either::Right(
                    view! {
                        <table class="stacked" role="table" id="notifications">
                            <thead role="rowgroup">
                                <tr role="row">
                                    <th role="columnheader">"When"</th>
                                    <th role="columnheader">"What"</th>
                                    <th role="columnheader">"To"</th>
                                    <th role="columnheader">"Outcome"</th>
                                </tr>
                            </thead>
                            <tbody role="rowgroup">{rows}</tbody>
                        </table>
                    },
                )
            }}
        </section>
    }
}
