//! `/settings/senders/add-device`: a guide that adds a sender for a device and shows what to enter
//! in it, for administrators.

mod form;
mod kinds;
#[cfg(feature = "ssr")]
pub mod post;
mod problems;
mod sheet;
mod wait;

use domain::{DeviceField, DeviceKind, FromAddress, Sender};
use leptos::prelude::*;
use leptos_meta::Title;

use self::{form::DeviceSettings, kinds::Kinds, sheet::DeviceSheet};
use super::{failure::Failure, query::query_parameter};
use crate::{
    api,
    form::{FormId, FormView},
    paths, request,
    ui::settings_nav::SettingsNav,
};

/// A sender that was added, with its password, which is shown once.
#[derive(Clone)]
pub struct AddedDevice {
    kind: DeviceKind,
    sender: Sender,
    password: Option<String>,
    from: FromAddress,
}

/// The guide: the kinds of devices, then the form, then the sheet.
#[component]
pub fn AddDevicePage() -> impl IntoView {
    let form = FormView::<DeviceField>::of(FormId::ONLY);
    let added = request::posted::<AddedDevice>();
    let kind = form
        .row()
        .map(str::to_owned)
        .or_else(|| query_parameter("kind"));
    let kind = kind.and_then(|code| DeviceKind::from_code(&code));
    let page = api::device_page();
    let title = match &added {
        Some(added) => added.sender.name.to_string(),
        None => "Add a device".to_owned(),
    };
    let shown = Suspend::new(async move {
        match (page.await, added, kind) {
            (Err(error), ..) => view! { <Failure error /> }.into_any(),
            (Ok(page), Some(added), _) => view! { <DeviceSheet page added /> }.into_any(),
            (Ok(page), None, Some(kind)) => view! { <DeviceSettings page kind form /> }.into_any(),
            (Ok(_), None, None) => view! { <Kinds /> }.into_any(),
        }
    });
    view! {
        <Title text=title.clone() />
        <SettingsNav />
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                <li>"Settings"</li>
                <li>
                    <a href=paths::SenderSettings::PATH rel="external">
                        "Senders"
                    </a>
                </li>
                <li aria-current="page">"Add a device"</li>
            </ol>
        </nav>
        <h1>
            <bdi>{title}</bdi>
        </h1>
        {shown}
    }
}
