//! `/settings/senders/{id}/sessions` and `/settings/senders/unknown`: the last SMTP sessions of a
//! sender, and of unknown clients.

use domain::SenderId;
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::failure::Failure;
use crate::{
    api, paths, rendered,
    ui::{error_banner::ErrorBanner, live::Live},
};

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

/// The last sessions of a sender, followed by the latest ones of unknown clients, because a device
/// that has not signed in yet is one of these. Without a sender, only those of unknown clients.
///
/// The lists change while the page is open. A page contains this component once, and no other
/// [`Live`].
#[component]
pub fn SenderSessions(sender: Option<SenderId>) -> impl IntoView {
    let data = api::sender_sessions(sender.clone());
    let shown = Suspend::new(async move {
        match data.await {
            Ok(data) => {
                let lists = rendered::SessionRows::new(&data.subject, &data.own, &data.unknown);
                Either::Left(view! { <Lists lists has_sender=sender.is_some() /> })
            }
            Err(error) => Either::Right(view! { <ErrorBanner error /> }),
        }
    });
    view! { {shown} }
}

#[component]
fn Lists(lists: rendered::SessionRows, has_sender: bool) -> impl IntoView {
    let (own, unknown) = lists.html();
    let events = paths::SenderEvents::path(lists.subject());
    let own = has_sender.then(|| {
        view! {
            <section class="card" aria-labelledby="sender-sessions-title">
                <h2 id="sender-sessions-title">"Connections"</h2>
                // Events replace the content of this element while the page is open.
                <div id=rendered::SENDER_SESSIONS inner_html=own></div>
            </section>
        }
    });
    view! {
        <Live events />
        {own}
        <section class="card" aria-labelledby="unknown-sessions-title">
            <h2 id="unknown-sessions-title">"Unknown devices"</h2>
            <p class="help">
                "Connections from clients that did not sign in and whose address belongs to no sender."
            </p>
            <div id=rendered::UNKNOWN_SESSIONS inner_html=unknown></div>
        </section>
    }
}
