//! `/login`: the sign-in page.

#[cfg(feature = "ssr")]
pub mod post;

use domain::access::AccessField;
use leptos::prelude::*;
use leptos_meta::Title;

use super::query::query_parameter;
use crate::{
    form::{
        FormId, FormView, ProblemBanner,
        input::{InputField, InputKind},
    },
    paths,
};

const FORM: FormId = FormId("sign-in");

/// The sign-in form. `next` is the page that was requested before. The server only accepts its own
/// paths.
#[component]
pub fn LoginPage() -> impl IntoView {
    let form = FormView::<AccessField>::of(FORM);
    let next = match form.value("next", "") {
        posted if posted.is_empty() => query_parameter("next").unwrap_or_default(),
        posted => posted,
    };
    let knows_name = !form.value("name", "").is_empty();
    view! {
        <Title text="Sign in" />
        <h1>"Sign in"</h1>
        <ProblemBanner form=form.clone() />
        <form method="post" action=paths::Login::PATH class="card" id="sign-in">
            <input type="hidden" name="next" value=next />
            <InputField
                form=form.clone()
                field=AccessField::Name
                label="User name"
                kind=InputKind::USERNAME
                focus=!knows_name
            />
            <InputField
                form
                field=AccessField::Password
                label="Password"
                kind=InputKind::PASSWORD
                focus=knows_name
            />
            <div>
                <button class="button primary">"Sign in"</button>
            </div>
            <p class="help">
                "Forgot your password? Ask an administrator for a link to choose a new one, or run "
                <code>"mailgrant account reset-password"</code> " on the machine."
            </p>
        </form>
    }
}
