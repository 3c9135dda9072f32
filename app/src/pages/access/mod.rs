//! `/access`: accounts, sessions and API keys, for administrators.

mod account_row;
mod accounts;
mod keys;
mod new_key;

use domain::UnixTime;
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use self::{accounts::Accounts, keys::Keys};
use super::{done::Done, failure::Failure};
use crate::{
    api::{self, AccessPage as Data},
    paths,
    posted::PostedForm,
    ui::{
        once::Once,
        sessions::SessionTable,
        sheet::{Sheet, SheetProblem},
        when::When,
    },
};

const PATH: &str = paths::AccessSettings::PATH;

/// Who and what has access.
#[component]
pub fn AccessPage() -> impl IntoView {
    let data = api::access_page();
    let made = api::posted().and_then(|posted| posted.made);
    let sheets = Sheets::read();
    let shown = Suspend::new(async move {
        match data.await {
            Ok(data) => Either::Left(view! { <Sections data sheets /> }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <Title text="Access" />
        <h1>"Access"</h1>
        <Done />
        {made.map(|made| view! { <Once made /> })}
        {shown}
    }
}

/// The forms of the page.
struct Sheets {
    add_account: Sheet,
    account: Sheet,
    sessions: Sheet,
    make_key: Sheet,
    keys: Sheet,
}

impl Sheets {
    fn read() -> Self {
        Self {
            add_account: Sheet::of(PostedForm::AddAccount, "add-account"),
            account: Sheet::of(PostedForm::Account, "account"),
            sessions: Sheet::of(PostedForm::Sessions, "sessions"),
            make_key: Sheet::of(PostedForm::MakeKey, "make-key"),
            keys: Sheet::of(PostedForm::Keys, "keys"),
        }
    }
}

#[component]
fn Sections(data: Data, sheets: Sheets) -> impl IntoView {
    let own = data.own.session.clone();
    view! {
        <SheetProblem sheet=sheets.account.clone() />
        <Accounts accounts=data.accounts own=data.own.account add=sheets.add_account row=sheets.account />
        <SheetProblem sheet=sheets.keys />
        <Keys keys=data.keys data_centers=data.data_centers make=sheets.make_key />
        <SheetProblem sheet=sheets.sessions />
        <section class="card" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Sessions"</h2>
            <p class="help">"Who is signed in. To end your own, sign out."</p>
            <SessionTable sessions=data.sessions own path=PATH of_all=true />
        </section>
    }
}

/// A time, or that there was none.
fn when(at: Option<UnixTime>) -> impl IntoView {
    match at {
        Some(at) => Either::Left(view! { <When at /> }),
        None => Either::Right("never"),
    }
}
