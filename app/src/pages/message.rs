//! `/messages/{id}`: one message.

mod facts;
#[cfg(feature = "ssr")]
pub mod post;
mod preview;

use domain::MessageRefusal;
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use self::{facts::Facts, preview::Preview};
use super::{failure::Failure, flash::FlashMessage};
use crate::{
    api::{self, MessagePage as Data},
    paths, rendered, request,
    ui::{
        banner::{Banner, Tone},
        live::Live,
    },
};

/// A message with its attempts and its content.
#[component]
pub fn MessagePage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let data = api::message_page(id);
    let refused = request::posted::<MessageRefusal>();
    let shown = Suspend::new(async move {
        match data.await {
            Ok(Some(data)) => Either::Left(view! { <Message data /> }.into_any()),
            Ok(None) => Either::Left(view! { <Gone /> }.into_any()),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                <li>
                    <a href=paths::Messages::PATH rel="external">
                        "Messages"
                    </a>
                </li>
                <li aria-current="page">"Message"</li>
            </ol>
        </nav>
        {refused.is_none().then(|| view! { <FlashMessage /> })}
        {refused
            .map(|refusal| {
                let words = wording::message_refusal(refusal);
                view! {
                    <Banner tone=Tone::Bad title=words.cause>
                        <p>{words.fix}</p>
                    </Banner>
                }
            })}
        {shown}
    }
}

#[component]
fn Message(data: Data) -> impl IntoView {
    let subject = wording::message_subject(&data.message.subject);
    let events = paths::MessageEvents::path(data.message.id.as_str());
    let message = data.message.clone();
    let data_center = data.data_center.clone();
    let has_sender = data.has_sender;
    let details =
        rendered::message_details(data.message, data.attempts, data.sending, data.may_act);
    let id = message.id.clone();
    let content = api::message_preview(id.clone());
    let content = Suspend::new(async move {
        match content.await {
            Ok(mail) => Either::Left(mail.map(|mail| view! { <Preview mail id /> })),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <Title text=subject.clone() />
        <h1><bdi>{subject}</bdi></h1>
        <Live events />
        // Events replace the content of this element while the page is open.
        <div id=rendered::DETAILS inner_html=details></div>
        {content}
        <Facts message data_center has_sender />
    }
}

#[component]
fn Gone() -> impl IntoView {
    view! {
        <Title text="Not found" />
        <h1>"Not found"</h1>
        <p>
            "This message does not exist. Mailgrant deletes messages some time after delivery ends. \
            Administrators choose how long they are kept."
        </p>
    }
}
