//! `/login`: signing in.

use domain::access::AccessField;
use leptos::prelude::*;
use leptos_meta::Title;

use super::query::asked;
use crate::{
    paths,
    posted::PostedForm,
    ui::{
        entry::{Entry, EntryKind},
        sheet::{Sheet, SheetProblem},
    },
};

/// The sign-in. `next` is the page that was asked for; the server takes only one of its own.
#[component]
pub fn LoginPage() -> impl IntoView {
    let sheet = Sheet::of(PostedForm::SignIn, "sign-in");
    let next = match sheet.typed("next") {
        typed if typed.is_empty() => asked("next").unwrap_or_default(),
        typed => typed,
    };
    let knows_name = !sheet.typed("name").is_empty();
    view! {
        <Title text="Sign in" />
        <h1>"Sign in"</h1>
        <SheetProblem sheet=sheet.clone() />
        <form method="post" action=paths::Login::PATH class="card" id="sign-in">
            <input type="hidden" name="next" value=next />
            <Entry
                sheet=sheet.clone()
                field=AccessField::Name
                label="User name"
                kind=EntryKind::USERNAME
                focus=!knows_name
            />
            <Entry
                sheet
                field=AccessField::Password
                label="Password"
                kind=EntryKind::PASSWORD
                focus=knows_name
            />
            <div>
                <button class="button primary">"Sign in"</button>
            </div>
            <p class="help">
                "Password forgotten? An administrator can make a link to choose a new one, or "
                <code>"mailgrant account reset-password"</code> " on the machine."
            </p>
        </form>
    }
}
