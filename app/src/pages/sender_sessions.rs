//! `/settings/senders/{id}/sessions` and `/settings/senders/unknown`: the last SMTP sessions of a
//! sender, and of unknown clients.

use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::failure::Failure;
use crate::{api, paths, ui::sender_sessions::SenderSessions};

/// The way back to the list of senders.
#[component]
fn Breadcrumb(page: &'static str) -> impl IntoView {
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                <li>
                    <a href=paths::SenderSettings::PATH rel="external">
                        "Senders"
                    </a>
                </li>
                <li aria-current="page">{page}</li>
            </ol>
        </nav>
    }
}

/// The last sessions of a sender.
#[component]
pub fn SenderSessionsPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let found = api::sender_name(id);
    let shown = Suspend::new(async move {
        match found.await {
            Ok(Some((id, name))) => {
                let name = name.to_string();
                EitherOf3::A(view! {
                    <Title text=["Connections of ", &name].concat() />
                    <h1>"Connections of " <bdi>{name}</bdi></h1>
                    <p class="help">
                        "The last connections of this program or device, with the reason if something was refused. They are kept for seven days."
                    </p>
                    <SenderSessions sender=Some(id) />
                    <p>
                        <a href=paths::UnknownSenders::PATH rel="external">
                            "All connections of unknown devices"
                        </a>
                    </p>
                })
            }
            Ok(None) => EitherOf3::B(view! {
                <Title text="Not found" />
                <h1>"Not found"</h1>
                <p>"This sender does not exist. It may have been removed."</p>
            }),
            Err(error) => EitherOf3::C(view! { <Failure error /> }),
        }
    });
    view! {
        <Breadcrumb page="Connections" />
        {shown}
    }
}

/// The last sessions of unknown clients.
#[component]
pub fn UnknownSendersPage() -> impl IntoView {
    view! {
        <Title text="Unknown devices" />
        <Breadcrumb page="Unknown devices" />
        <h1>"Unknown devices"</h1>
        <p class="help">
            "The last connections of programs and devices that Mailgrant did not recognize, with the reason. They are kept for seven days."
        </p>
        <SenderSessions sender=None />
    }
}
