//! The choice of the data center, and the inputs that manage data centers. Forms cannot be nested,
//! so these forms are outside the form of the settings, and each input names its form.

use domain::{DataCenter, SmtpField};
use leptos::prelude::*;

use super::{
    data_centers::{ADD, ADD_NAME, CHOOSE, REMOVE, RENAME, RENAME_NAME, address},
    session::Session,
};
use crate::{error::ApiError, ui::browser};

/// The select, with the inputs that add, rename, and remove data centers.
#[component]
pub fn DataCenterField(session: Session) -> impl IntoView {
    let own = session.data_center().with_value(|own| own.id.to_string());
    let current = own.clone();
    // The browser asks before it discards unsaved changes. If the user stays on the page, the
    // selection is reset.
    let choose = move |event: leptos::ev::Event| {
        let chosen = event_target_value(&event);
        browser::choose("data_center", &current);
        browser::go(&address(&chosen));
    };
    let option = move |data_center: DataCenter| {
        let id = data_center.id.to_string();
        view! {
            <option value=id.clone() selected=id == own>
                {data_center.name.to_string()}
            </option>
        }
    };
    let options = move || {
        session
            .data_centers()
            .get()
            .into_iter()
            .map(option.clone())
            .collect_view()
    };
    view! {
        <div class="field">
            <label for="data_center">{wording::smtp_field_label(SmtpField::DataCenter)}</label>
            <div class="with-button">
                <select
                    id="data_center"
                    name="data_center"
                    form=CHOOSE
                    autocomplete="off"
                    aria-describedby="data_center-help"
                    on:change=choose
                >
                    {options}
                </select>
                <button type="submit" form=CHOOSE class="button quiet no-wasm">
                    "Show"
                </button>
            </div>
            <p id="data_center-help" class="help">
                {wording::smtp_field_help(SmtpField::DataCenter)}
            </p>
            {session.may_edit().then(|| view! { <Manage session /> })}
        </div>
    }
}

#[component]
fn Manage(session: Session) -> impl IntoView {
    let errors = session.data_center_errors();
    let name = session.data_center().with_value(|own| own.name.to_string());
    let is_default = session.data_center().with_value(|own| own.id.is_default());
    let add_error = move || wrong(errors.add.get());
    let rename_error = move || wrong(errors.rename.get());
    let remove_error = move || wrong(errors.remove.get());
    let in_use = session.state().saved.with_untracked(Option::is_some);
    let open = untrack(|| {
        !(add_error().is_empty() && rename_error().is_empty() && remove_error().is_empty())
    });
    view! {
        <details class="manage" open=open>
            <summary>"Manage data centers"</summary>
            <Named form=ADD id=ADD_NAME label="Add a data center" button="Add" value=String::new() error=Signal::derive(add_error) />
            <Named form=RENAME id=RENAME_NAME label="Rename this data center" button="Rename" value=name error=Signal::derive(rename_error) />
            <div class="field">
                <button
                    type="submit"
                    form=REMOVE
                    class="button danger"
                    id="remove-data-center-button"
                    disabled=is_default || in_use
                    aria-describedby="remove-data-center-help remove-data-center-error"
                >
                    "Remove this data center"
                </button>
                <p id="remove-data-center-error" class="error" hidden=move || remove_error().is_empty()>
                    {remove_error}
                </p>
                <p id="remove-data-center-help" class="help">
                    {match (is_default, in_use) {
                        (true, _) => "The default data center cannot be removed. You can rename it.",
                        (_, true) => "A data center with settings cannot be removed.",
                        _ => "You can remove it because it has no settings.",
                    }}
                </p>
            </div>
        </details>
    }
}

/// An input for a name and a button. Both belong to a form elsewhere in the page.
#[component]
fn Named(
    form: &'static str,
    id: &'static str,
    label: &'static str,
    button: &'static str,
    value: String,
    #[prop(into)] error: Signal<String>,
) -> impl IntoView {
    let error_id = [form, "-error"].concat();
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="with-button">
                <input
                    id=id
                    name="name"
                    form=form
                    type="text"
                    value=value
                    autocomplete="off"
                    aria-invalid=move || (!error.with(String::is_empty)).then_some("true")
                    aria-describedby=error_id.clone()
                />
                <button type="submit" form=form class="button quiet">
                    {button}
                </button>
            </div>
            <p id=error_id class="error" hidden=move || error.with(String::is_empty)>
                {error}
            </p>
        </div>
    }
}

fn wrong(error: Option<ApiError>) -> String {
    match error {
        None => String::new(),
        Some(ApiError::DataCenter(error)) => wording::data_center_error(error).joined(),
        Some(error) => error.words().joined(),
    }
}
