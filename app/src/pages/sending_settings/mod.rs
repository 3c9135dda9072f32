//! `/settings/sending`: what applies to everything that a data center sends, for administrators.

mod fields;
mod form;

use domain::DataCenterId;
use leptos::{either::Either, prelude::*};

use self::form::SendingSettingsForm;
use super::{failure::Failure, query::asked};
use crate::{
    api, paths,
    ui::{
        banner::{Banner, Tone},
        data_center::ChooseDataCenter,
        settings_nav::SettingsTop,
    },
};

const PATH: &str = paths::SendingSettings::PATH;

/// The settings of sending.
#[component]
pub fn SendingSettingsPage() -> impl IntoView {
    let posted = api::sending_posted();
    let typed = posted
        .as_ref()
        .map(|posted| posted.form.data_center.clone());
    let data_center = typed.or_else(|| asked("data_center"));
    let data_center = data_center.unwrap_or_else(|| DataCenterId::DEFAULT.to_owned());
    let saved = asked("saved").is_some() && posted.is_none();
    let page = api::sending_page(data_center);
    let shown = Suspend::new(async move {
        match page.await {
            Ok(page) => Either::Left(view! {
                <ChooseDataCenter
                    path=PATH
                    data_centers=page.data_centers.clone()
                    chosen=page.data_center.clone()
                />
                <SendingSettingsForm page posted />
            }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <SettingsTop name="Sending" />
        {saved
            .then(|| {
                view! {
                    <Banner tone=Tone::Good title="Saved. It counts from now on.">
                        ""
                    </Banner>
                }
            })}
        {shown}
    }
}
