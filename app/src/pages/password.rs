//! `/password?token=…`: chooses a password.

#[cfg(feature = "ssr")]
pub mod post;

use domain::{AccountName, access::AccessField};
use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;

use super::{failure::Failure, query::query_parameter};
use crate::{
    api,
    form::{
        FormId, FormView, ProblemBanner,
        input::{InputField, InputKind},
    },
    paths,
    ui::banner::{Banner, Tone},
};

const FORM: FormId = FormId("choose-password");

/// The form that sets a password with a one-use link.
#[component]
pub fn PasswordPage() -> impl IntoView {
    let form = FormView::of(FORM);
    let token = query_parameter("token").unwrap_or_default();
    let account = api::password_link(token.clone());
    let shown = Suspend::new(async move {
        match account.await {
            Ok(Some(account)) => EitherOf3::A(view! { <Choose form token account /> }),
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
fn Choose(form: FormView<AccessField>, token: String, account: AccountName) -> impl IntoView {
    view! {
        <ProblemBanner form=form.clone() />
        // Without `action`, so the form posts to this address and a refused form keeps its token.
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
            <InputField
                form=form.clone()
                field=AccessField::Password
                label="New password"
                kind=InputKind::NEW_PASSWORD
                help=wording::PASSWORD_RULE
                focus=!form.was_refused()
            />
            <InputField
                form
                field=AccessField::Repeated
                label="New password again"
                kind=InputKind::NEW_PASSWORD
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
        <Banner tone=Tone::Careful title="This link is no longer valid">
            <p>
                "A link to choose a password works once, within 24 hours. Ask an administrator for a new one, or run " <code>"mailgrant account reset-password"</code> " on the machine."
            </p>
            <p>
                <a href=paths::Login::PATH rel="external">
                    "Sign in"
                </a>
            </p>
        </Banner>
    }
}
