//! Selection of the data center whose mailbox is shown, if there are several.

use domain::{DataCenter, DataCenterId, SmtpField};
use leptos::prelude::*;

use crate::{mailbox_query::MailboxQuery, paths};

/// Selection of the data center.
#[component]
pub fn DataCenterChoice(data_centers: Vec<DataCenter>, query: MailboxQuery) -> impl IntoView {
    let own = match query.data_center {
        id if id.is_empty() => DataCenterId::DEFAULT.to_owned(),
        id => id,
    };
    let option = move |data_center: DataCenter| {
        let id = data_center.id.to_string();
        view! {
            <option value=id.clone() selected=id == own>
                {data_center.name.to_string()}
            </option>
        }
    };
    (data_centers.len() > 1).then(|| {
        view! {
            <form method="get" action=paths::Mailbox::PATH class="card which" aria-label="Data center">
                <div class="field">
                    <label for="data_center">{wording::smtp_field_label(SmtpField::DataCenter)}</label>
                    <div class="with-button">
                        <select id="data_center" name="data_center" autocomplete="off">
                            {data_centers.into_iter().map(option).collect_view()}
                        </select>
                        <button type="submit" class="button quiet">
                            "Show"
                        </button>
                    </div>
                </div>
            </form>
        }
    })
}
