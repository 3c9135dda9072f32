//! Section "Who is told".

use domain::{AlertRoute, DataCenter};
use leptos::{either::Either, prelude::*};

use super::{Names, entry::Filled, new_route::NewRoute, route::RouteRow};

/// The routes, and adding one.
#[component]
pub fn Routes(
    routes: Vec<AlertRoute>,
    data_centers: Vec<DataCenter>,
    may_edit: bool,
    names: Names,
    add: Filled,
    row: Filled,
) -> impl IntoView {
    let is_empty = routes.is_empty();
    let of_row = data_centers.clone();
    let rows = routes
        .into_iter()
        .map(move |route| {
            let (data_centers, names) = (of_row.clone(), names.clone());
            let filled = row.about(route.id.as_str());
            view! { <RouteRow route data_centers names may_edit filled /> }
        })
        .collect_view();
    view! {
        <section class="card" id="routes" aria-labelledby="routes-title">
            <h2 id="routes-title">"Who is told"</h2>
            <p class="help">
                "Each place is told once when something begins to be wrong, and once when it is well again."
            </p>
            {if is_empty {
                Either::Left(
                    view! {
                        <p class="empty">"Nobody is told: when mail stops, only this page says so."</p>
                    },
                )
            } else {
                Either::Right(view! { <ul class="alerts">{rows}</ul> })
            }}
            {may_edit.then(|| view! { <NewRoute data_centers filled=add /> })}
        </section>
    }
}
