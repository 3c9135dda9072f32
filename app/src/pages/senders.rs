//! `/settings/senders`: the programs and devices that may submit mail, and the listeners that they
//! connect to.

mod certificate;
mod edit;
mod fields;
mod list;
mod listeners;
mod password;
#[cfg(feature = "ssr")]
pub mod post;
mod row;

use domain::SenderField;
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_params_map;

use self::{edit::EditSender, fields::SenderFields, list::List, listeners::Listeners};
use super::{failure::Failure, flash::FlashMessage};
use crate::{
    api,
    form::{FormId, FormView, OneTimeSecret, OneTimeSecretBanner, ProblemBanner},
    paths, request,
    ui::{
        banner::{Banner, Tone},
        settings_nav::SettingsTop,
    },
};

const LIST: FormId = FormId("senders");
const SENDER: FormId = FormId("sender");

/// The senders and the listeners.
#[component]
pub fn SendersPage() -> impl IntoView {
    let data = api::senders_page();
    let secret = request::posted::<OneTimeSecret>();
    let form = FormView::<SenderField>::of(LIST);
    let shown = Suspend::new(async move {
        match data.await {
            Ok(mut data) => {
                let listeners = std::mem::take(&mut data.listeners);
                let (certificate, now) = (data.certificate.take(), data.now);
                Either::Left(view! {
                    <List data />
                    <Listeners listeners certificate now />
                })
            }
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <SettingsTop name="Senders" />
        <FlashMessage />
        {secret.map(|secret| view! { <OneTimeSecretBanner secret /> })}
        <ProblemBanner form />
        {shown}
    }
}

/// The form that adds a sender.
#[component]
pub fn AddSenderPage() -> impl IntoView {
    let data = api::sender_page(None);
    let form = FormView::<SenderField>::of(SENDER);
    let problem = form.clone();
    let shown = Suspend::new(async move {
        match data.await {
            Ok(Some(data)) => Either::Left(view! {
                <form method="post" action=paths::SenderSettings::PATH id="sender-form">
                    <SenderFields form saved=fields::new_sender() data_centers=data.data_centers />
                    <div class="actions">
                        <button name="do" value="add_sender" class="button primary">
                            "Add sender"
                        </button>
                        <a href=paths::SenderSettings::PATH rel="external" class="button quiet">
                            "Cancel"
                        </a>
                    </div>
                </form>
            }),
            Ok(None) => Either::Right(view! { <Gone /> }.into_any()),
            Err(error) => Either::Right(view! { <Failure error /> }.into_any()),
        }
    });
    view! {
        <SettingsTop name="Senders" />
        <BackToList />
        <h2 class="page-part">"Add a sender"</h2>
        <ProblemBanner form=problem />
        {shown}
    }
}

/// The forms that change a sender, replace its password, and remove it.
#[component]
pub fn EditSenderPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let data = api::sender_page(Some(id));
    let form = FormView::<SenderField>::of(SENDER);
    let problem = form.clone();
    let shown = Suspend::new(async move {
        match data.await {
            Ok(Some(data)) => Either::Left(view! { <EditSender data form /> }),
            Ok(None) => Either::Right(view! { <Gone /> }.into_any()),
            Err(error) => Either::Right(view! { <Failure error /> }.into_any()),
        }
    });
    view! {
        <SettingsTop name="Senders" />
        <BackToList />
        <ProblemBanner form=problem />
        {shown}
    }
}

#[component]
fn BackToList() -> impl IntoView {
    view! {
        <p>
            <a href=paths::SenderSettings::PATH rel="external">
                "All senders"
            </a>
        </p>
    }
}

#[component]
fn Gone() -> impl IntoView {
    api::not_found();
    view! {
        <Banner tone=Tone::Note title="There is no such sender.">
            <p>"It may have been removed."</p>
        </Banner>
    }
}
