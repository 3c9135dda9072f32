//! The data center: choosing one, and adding, renaming and removing. Their forms stand outside
//! the form of the settings, since forms do not nest; the inputs name their form.

use domain::{DataCenter, DataCenterName, SmtpField};
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{Failed, session::Session};
use crate::{
    api::{self, AddDataCenter, RemoveDataCenter, RenameDataCenter},
    error::ApiError,
    text,
    ui::{browser, post_form::PostForm},
};

const CHOOSE: &str = "choose-data-center";
const ADD: &str = "add-data-center";
const RENAME: &str = "rename-data-center";
const ADD_NAME: &str = "add-data-center-name";
const RENAME_NAME: &str = "rename-data-center-name";
const REMOVE: &str = "remove-data-center";

fn address(id: &str) -> String {
    ["/settings/smtp?data_center=", id].concat()
}

/// The forms, without their inputs.
#[component]
pub fn DataCenterForms(session: Session) -> impl IntoView {
    let id = session.data_center().with_value(|own| own.id.to_string());
    let same_id = id.clone();
    let add = Callback::new(move |_| add(session));
    let rename = Callback::new(move |_| rename(session));
    let remove = Callback::new(move |_| remove(session));
    view! {
        <form id=CHOOSE method="get" action="/settings/smtp"></form>
        <PostForm id=ADD action=AddDataCenter::url() submit=add>
            ""
        </PostForm>
        <PostForm id=RENAME action=RenameDataCenter::url() submit=rename>
            <input type="hidden" name="data_center" value=same_id />
        </PostForm>
        <PostForm id=REMOVE action=RemoveDataCenter::url() submit=remove>
            <input type="hidden" name="data_center" value=id />
        </PostForm>
    }
}

fn add(session: Session) {
    let name = browser::value(ADD_NAME).unwrap_or_default();
    spawn_local(async move {
        match api::add_data_center(name).await {
            Ok(added) => browser::go(&address(added.id.as_str())),
            Err(error) => session.data_center_errors().add.set(Some(error)),
        }
    });
}

fn rename(session: Session) {
    let name = browser::value(RENAME_NAME).unwrap_or_default();
    let id = session.data_center().with_value(|own| own.id.to_string());
    spawn_local(async move {
        let error = session.data_center_errors().rename;
        match api::rename_data_center(id, name).await {
            Ok(name) => {
                error.set(None);
                renamed(session, &name);
            }
            Err(refused) => error.set(Some(refused)),
        }
    });
}

fn remove(session: Session) {
    let id = session.data_center().with_value(|own| own.id.to_string());
    spawn_local(async move {
        match api::remove_data_center(id).await {
            Ok(()) => browser::go("/settings/smtp"),
            Err(error) => session.data_center_errors().remove.set(Some(error)),
        }
    });
}

fn renamed(session: Session, name: &DataCenterName) {
    let own = session.data_center().with_value(|own| own.id.clone());
    session.data_centers().update(|all| {
        for data_center in all {
            if data_center.id == own {
                data_center.name = name.clone();
            }
        }
    });
}

/// Why a change of the data centers was refused.
#[derive(Clone, Copy)]
pub struct DataCenterErrors {
    add: RwSignal<Option<ApiError>>,
    rename: RwSignal<Option<ApiError>>,
    remove: RwSignal<Option<ApiError>>,
}

impl DataCenterErrors {
    /// With the errors of forms that were posted without WASM.
    pub fn new(failed: &Failed) -> Self {
        Self {
            add: RwSignal::new(failed.add.clone()),
            rename: RwSignal::new(failed.rename.clone()),
            remove: RwSignal::new(failed.remove.clone()),
        }
    }
}

/// The select, and what manages its choices.
#[component]
pub fn DataCenterField(session: Session) -> impl IntoView {
    let own = session.data_center().with_value(|own| own.id.to_string());
    let current = own.clone();
    // The browser asks before unsaved changes are left; when it stays, so does the choice.
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
            <label for="data_center">{text::label(SmtpField::DataCenter)}</label>
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
                {text::help(SmtpField::DataCenter)}
            </p>
            <Manage session />
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
                        (true, _) => "The data center from the start stays; it can be renamed.",
                        (_, true) => "It has settings, so it stays.",
                        _ => "It has no settings yet, so it can go.",
                    }}
                </p>
            </div>
        </details>
    }
}

/// A name and a button that belong to a form elsewhere.
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
        Some(ApiError::DataCenter(error)) => text::field_error(error, None).joined(),
        Some(error) => text::api_error(&error).joined(),
    }
}
