//! `/account`: the account of the user.

#[cfg(feature = "ssr")]
pub mod post;

use domain::access::AccessField;
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::{failure::Failure, flash::FlashMessage};
use crate::{
    api::{self, AccountPage as Data},
    form::{
        FormId, FormView, ProblemBanner,
        input::{InputField, InputKind},
    },
    paths,
    ui::sessions::SessionTable,
};

const CHANGE_PASSWORD: FormId = FormId("change-password");
const SESSIONS: FormId = FormId("sessions");

/// The account of the user.
#[component]
pub fn AccountPage() -> impl IntoView {
    let data = api::account_page();
    let password = FormView::of(CHANGE_PASSWORD);
    let sessions = FormView::of(SESSIONS);
    let shown = Suspend::new(async move {
        match data.await {
            Ok(data) => Either::Left(view! { <Own data password sessions /> }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <Title text="Your account" />
        <h1>"Your account"</h1>
        <FlashMessage />
        {shown}
    }
}

#[component]
fn Own(
    data: Data,
    password: FormView<AccessField>,
    sessions: FormView<AccessField>,
) -> impl IntoView {
    let role = data.own.role;
    let has_others = data.sessions.len() > 1;
    view! {
        <section class="card" aria-labelledby="you-title">
            <h2 id="you-title">"You"</h2>
            <dl class="facts">
                <dt>"User name"</dt>
                <dd id="own-name">{data.own.name.to_string()}</dd>
                <dt>"Role"</dt>
                <dd id="own-role">{wording::role(role)} ": " {wording::role_help(role)}</dd>
            </dl>
        </section>
        <ProblemBanner form=password.clone() />
        <form
            method="post"
            action=paths::OwnAccount::PATH
            class="card"
            id="change-password"
            aria-labelledby="change-password-title"
        >
            <h2 id="change-password-title">"Change the password"</h2>
            // For password managers. It is not sent.
            <input
                type="text"
                hidden
                readonly
                autocomplete="username"
                value=data.own.name.to_string()
            />
            <InputField
                form=password.clone()
                field=AccessField::Current
                label="Current password"
                kind=InputKind::PASSWORD
            />
            <InputField
                form=password.clone()
                field=AccessField::Password
                label="New password"
                kind=InputKind::NEW_PASSWORD
                help=wording::PASSWORD_RULE
            />
            <InputField
                form=password
                field=AccessField::Repeated
                label="New password again"
                kind=InputKind::NEW_PASSWORD
            />
            <div>
                <button name="do" value="change_password" class="button primary">
                    "Change password"
                </button>
            </div>
            <p class="help">"This ends your other sessions."</p>
        </form>
        <ProblemBanner form=sessions />
        <section class="card" aria-labelledby="sessions-title">
            <h2 id="sessions-title">"Your sessions"</h2>
            <p class="help">
                "A session ends 12 hours after you sign in, or after an hour without use. If you do not \
                recognize one, end it and change your password."
            </p>
            <SessionTable sessions=data.sessions own=data.own.session path=paths::OwnAccount::PATH />
            {has_others
                .then(|| {
                    view! {
                        <form method="post" action=paths::OwnAccount::PATH>
                            <button name="do" value="end_other_sessions" class="button">
                                "End all others"
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}
