//! `/access`: accounts, sessions, and API keys, for administrators.

mod account_row;
mod accounts;
mod keys;
mod new_key;
#[cfg(feature = "ssr")]
pub mod post;

use domain::{UnixTime, access::AccessField};
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use self::{accounts::Accounts, keys::Keys};
use super::{failure::Failure, flash::FlashMessage};
use crate::{
    api::{self, AccessPage as Data},
    form::{FormId, FormView, OneTimeSecret, OneTimeSecretBanner, ProblemBanner},
    paths, request,
    ui::{sessions::SessionTable, when::When},
};

const ADD_ACCOUNT: FormId = FormId("add-account");
const ACCOUNT: FormId = FormId("account");
const SESSIONS: FormId = FormId("sessions");
const MAKE_KEY: FormId = FormId("make-key");
const KEYS: FormId = FormId("keys");

/// Accounts, sessions, and API keys.
#[component]
pub fn AccessPage() -> impl IntoView {
    let data = api::access_page();
    let secret = request::posted::<OneTimeSecret>();
    let forms = Forms::read();
    let shown = Suspend::new(async move {
        match data.await {
            Ok(data) => Either::Left(view! { <Sections data forms /> }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <Title text="Access" />
        <h1>"Access"</h1>
        <FlashMessage />
        {secret.map(|secret| view! { <OneTimeSecretBanner secret /> })}
        {shown}
    }
}

/// The forms of the page.
struct Forms {
    add_account: FormView<AccessField>,
    account: FormView<AccessField>,
    sessions: FormView<AccessField>,
    make_key: FormView<AccessField>,
    keys: FormView<AccessField>,
}

impl Forms {
    fn read() -> Self {
        Self {
            add_account: FormView::of(ADD_ACCOUNT),
            account: FormView::of(ACCOUNT),
            sessions: FormView::of(SESSIONS),
            make_key: FormView::of(MAKE_KEY),
            keys: FormView::of(KEYS),
        }
    }
}

#[component]
fn Sections(data: Data, forms: Forms) -> impl IntoView {
    let own = data.own.session.clone();
    view! {
        <ProblemBanner form=forms.account.clone() />
        <Accounts accounts=data.accounts own=data.own.account add=forms.add_account row=forms.account />
        <ProblemBanner form=forms.keys />
        <Keys keys=data.keys data_centers=data.data_centers senders=data.senders make=forms.make_key />
        <ProblemBanner form=forms.sessions />
        <section class="card" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Sessions"</h2>
            <p class="help">"All signed-in users. To end your own session, sign out."</p>
            <SessionTable sessions=data.sessions own path=paths::AccessSettings::PATH of_all=true />
        </section>
    }
}

/// Renders a time, or a note that there is none.
fn when(at: Option<UnixTime>) -> impl IntoView {
    match at {
        Some(at) => Either::Left(view! { <When at /> }),
        None => Either::Right("never"),
    }
}
