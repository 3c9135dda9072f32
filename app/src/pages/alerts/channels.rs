//! Section "Notification channels".

use domain::{AlertChannel, DataCenter, alert::AlertField};
use leptos::{either::Either, prelude::*};

use super::{Names, channel::ChannelRow, new_channel::NewChannel};
use crate::form::FormView;

/// The channels, and the form that adds one.
#[component]
pub fn Channels(
    channels: Vec<AlertChannel>,
    data_centers: Vec<DataCenter>,
    may_edit: bool,
    names: Names,
    add: FormView<AlertField>,
    row: FormView<AlertField>,
) -> impl IntoView {
    let is_empty = channels.is_empty();
    let of_row = data_centers.clone();
    let rows = channels
        .into_iter()
        .map(move |channel| {
            let (data_centers, names) = (of_row.clone(), names.clone());
            let form = row.of_row(channel.id.as_str());
            view! { <ChannelRow channel data_centers names may_edit form /> }
        })
        .collect_view();
    view! {
        <section class="card" id="channels" aria-labelledby="channels-title">
            <h2 id="channels-title">"Notification channels"</h2>
            <p class="help">
                "Each channel gets one notification when a problem starts, and one when it is resolved."
            </p>
            {if is_empty {
                Either::Left(
                    view! {
                        <p class="empty">"No notification channels yet. Add one to hear about problems before your users do."</p>
                    },
                )
            } else {
                Either::Right(view! { <ul class="alerts">{rows}</ul> })
            }}
            {may_edit.then(|| view! { <NewChannel data_centers form=add /> })}
        </section>
    }
}
