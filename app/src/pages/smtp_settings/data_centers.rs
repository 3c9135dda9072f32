//! Forms that add, rename, and remove data centers. Forms cannot be nested, so these forms are
//! outside the form of the settings, and each input names its form.

use domain::DataCenterName;
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

use super::session::Session;
use crate::{
    api::{self, AddDataCenter, RemoveDataCenter, RenameDataCenter},
    form::live::PostForm,
    paths,
    ui::browser,
};

pub const CHOOSE: &str = "choose-data-center";
pub const ADD: &str = "add-data-center";
pub const RENAME: &str = "rename-data-center";
pub const ADD_NAME: &str = "add-data-center-name";
pub const RENAME_NAME: &str = "rename-data-center-name";
pub const REMOVE: &str = "remove-data-center";

/// Returns the URL of the page of a data center.
pub fn address(id: &str) -> String {
    paths::SmtpSettings::of(id)
}

/// The forms without their inputs.
#[component]
pub fn DataCenterForms(session: Session) -> impl IntoView {
    let id = session.data_center().with_value(|own| own.id.to_string());
    let same_id = id.clone();
    let add = Callback::new(move |_| add(session));
    let rename = Callback::new(move |_| rename(session));
    let remove = Callback::new(move |_| remove(session));
    view! {
        <form id=CHOOSE method="get" action=paths::SmtpSettings::PATH></form>
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
            Ok(()) => browser::go(paths::SmtpSettings::PATH),
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
