//! `/settings/sending`: settings that apply to all mail of a data center, for administrators.

mod form;
#[cfg(feature = "ssr")]
pub mod post;

use domain::{DataCenterId, SendingField};
use leptos::{either::Either, prelude::*};

use self::form::SendingSettingsForm;
use super::{failure::Failure, query::query_parameter};
use crate::{
    api,
    form::{FormId, FormView},
    paths,
    ui::{
        banner::{Banner, Tone},
        data_center::ChooseDataCenter,
        settings_nav::SettingsTop,
    },
};

/// The sending settings.
#[component]
pub fn SendingSettingsPage() -> impl IntoView {
    let form = FormView::<SendingField>::of(FormId::ONLY);
    let data_center = form
        .row()
        .map(str::to_owned)
        .or_else(|| query_parameter("data_center"));
    let data_center = data_center.unwrap_or_else(|| DataCenterId::DEFAULT.to_owned());
    let saved = query_parameter("saved").is_some() && !form.was_refused();
    let page = api::sending_page(data_center);
    let shown = Suspend::new(async move {
        match page.await {
            Ok(page) => Either::Left(view! {
                <ChooseDataCenter
                    path=paths::SendingSettings::PATH
                    data_centers=page.data_centers.clone()
                    chosen=page.data_center.clone()
                />
                <SendingSettingsForm page form />
            }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <SettingsTop name="Sending" />
        {saved
            .then(|| {
                view! {
                    <Banner tone=Tone::Good title="Saved. The changes take effect immediately.">
                        ""
                    </Banner>
                }
            })}
        {shown}
    }
}
