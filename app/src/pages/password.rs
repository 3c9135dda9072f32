//! `/password?token=…`: choosing a password.

use domain::{AccountName, access::AccessField};
use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;

use super::{failure::Failure, link_token::link_token};
use crate::{
    api, paths,
    posted::PostedForm,
    ui::{
        banner::{Banner, Tone},
        entry::{Entry, EntryKind},
        sheet::{Sheet, SheetProblem},
    },
};

/// Choosing a password by a one-use link.
#[component]
pub fn PasswordPage() -> impl IntoView {
    let sheet = Sheet::of(PostedForm::Password, "choose-password");
    let token = link_token(&sheet);
    let account = api::password_link(token.clone());
    let shown = Suspend::new(async move {
        match account.await {
            Ok(Some(account)) => EitherOf3::A(view! { <Choose sheet token account /> }),
            Ok(None) => EitherOf3::B(view! { <NoLink /> }),
            Err(error) => EitherOf3::C(view! { <Failure error /> }),
        }
    });
    view! {
        <Title text="Choose a password" />
        <h1>"Choose a password"</h1>
        {shown}
    }
}

#[component]
fn Choose(sheet: Sheet, token: String, account: AccountName) -> impl IntoView {
    view! {
        <SheetProblem sheet=sheet.clone() />
        // Without `action`, so that it posts to this address: a form that is refused keeps its token.
        <form method="post" class="card" id="choose-password">
            <input type="hidden" name="token" value=token />
            <div class="field">
                <label for="choose-password-account">"User name"</label>
                <input
                    id="choose-password-account"
                    type="text"
                    readonly
                    value=account.to_string()
                    autocomplete="username"
                />
            </div>
            <Entry
                sheet=sheet.clone()
                field=AccessField::Password
                label="New password"
                kind=EntryKind::NEW_PASSWORD
                help=wording::PASSWORD_RULE
                focus=!sheet.was_refused()
            />
            <Entry
                sheet
                field=AccessField::Repeated
                label="New password again"
                kind=EntryKind::NEW_PASSWORD
            />
            <div>
                <button class="button primary">"Set password and sign in"</button>
            </div>
        </form>
    }
}

#[component]
fn NoLink() -> impl IntoView {
    view! {
        <Banner tone=Tone::Careful title="This link is not good any more">
            <p>
                "A link to choose a password is good for 24 hours, and once. Ask an administrator for a new \
                one, or run " <code>"mailgrant account reset-password"</code> " on the machine."
            </p>
            <p>
                <a href=paths::Login::PATH rel="external">
                    "Sign in"
                </a>
            </p>
        </Banner>
    }
}
