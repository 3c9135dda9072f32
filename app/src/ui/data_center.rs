//! The choice of the data center of a page.

use domain::{DataCenter, DataCenterId};
use leptos::prelude::*;

/// Returns the name of a data center, or its ID if it was removed.
pub fn data_center_name(all: &[DataCenter], id: &str) -> String {
    let found = all.iter().find(|one| one.id.as_str() == id);
    found.map_or_else(|| id.to_owned(), |one| one.name.to_string())
}

/// Form that opens the page of another data center. Empty if there is only one.
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
