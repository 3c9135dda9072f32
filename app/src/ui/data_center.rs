//! Choosing the data center that a page is about.

use domain::{DataCenter, DataCenterId};
use leptos::prelude::*;

/// A form that opens the page of another data center; nothing while there is only one.
#[component]
pub fn ChooseDataCenter(
    path: &'static str,
    data_centers: Vec<DataCenter>,
    chosen: DataCenterId,
) -> impl IntoView {
    let option = move |data_center: DataCenter| {
        view! {
            <option value=data_center.id.to_string() selected=data_center.id == chosen>
                {data_center.name.to_string()}
            </option>
        }
    };
    (data_centers.len() > 1).then(|| {
        view! {
            <form method="get" action=path class="card">
                <div class="field">
                    <label for="data_center">"Data center"</label>
                    <div class="with-button">
                        <select id="data_center" name="data_center" autocomplete="off">
                            {data_centers.into_iter().map(option).collect_view()}
                        </select>
                        <button class="button quiet">"Show"</button>
                    </div>
                </div>
            </form>
        }
    })
}
