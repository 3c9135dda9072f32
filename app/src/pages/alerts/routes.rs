//! Section "Who is told".

use domain::{AlertRoute, DataCenter, alert::AlertField};
use leptos::{either::Either, prelude::*};

use super::{Names, new_route::NewRoute, route::RouteRow};
use crate::form::FormView;

/// The routes, and adding one.
#[component]
pub fn Routes(
    routes: Vec<AlertRoute>,
    data_centers: Vec<DataCenter>,
    may_edit: bool,
    names: Names,
    add: FormView<AlertField>,
    row: FormView<AlertField>,
) -> impl IntoView {
    let is_empty = routes.is_empty();
    let of_row = data_centers.clone();
    let rows = routes
        .into_iter()
        .map(move |route| {
            let (data_centers, names) = (of_row.clone(), names.clone());
            let form = row.of_row(route.id.as_str());
            view! { <RouteRow route data_centers names may_edit form /> }
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
            {may_edit.then(|| view! { <NewRoute data_centers form=add /> })}
        </section>
    }
}
