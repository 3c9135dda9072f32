//! Section "Told last".

use domain::{AlertRoute, Notification};
use leptos::{either::Either, prelude::*};

use super::{Names, route::shown, wrong::Outcome};
use crate::ui::when::When;

/// What was told last, and what came of it.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Latest(latest: Vec<Notification>, routes: Vec<AlertRoute>, names: Names) -> impl IntoView {
    let is_empty = latest.is_empty();
    let rows = latest
        .into_iter()
        .map(|notification| {
            let route = routes.iter().find(|route| route.id == notification.route);
            let route = route.map_or_else(String::new, shown);
            let what = [
                &*names.of_subject(&notification.condition.subject),
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
                        {what}
                    </th>
                    <td role="cell" data-label="To">
                        {route}
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
        <section class="card" aria-labelledby="told-title">
            <h2 id="told-title">"Told last"</h2>
            {if is_empty {
                Either::Left(view! { <p class="empty">"Nothing has been told yet."</p> })
            } else {
                Either::Right(
                    view! {
                        <table class="stacked" role="table" id="told">
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
