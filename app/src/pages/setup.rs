//! `/setup?token=…`: creates the first administrator.

#[cfg(feature = "ssr")]
pub mod post;

use domain::access::AccessField;
use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;

use super::{failure::Failure, query::query_parameter};
use crate::{
    api,
    form::{
        FormId, FormView, ProblemBanner,
        input::{InputField, InputKind},
    },
    ui::banner::{Banner, Tone},
};

const FORM: FormId = FormId("setup");

/// The setup form.
#[component]
pub fn SetupPage() -> impl IntoView {
    let form = FormView::of(FORM);
    let token = query_parameter("token").unwrap_or_default();
    let is_valid = api::is_setup_link(token.clone());
    let shown = Suspend::new(async move {
        match is_valid.await {
            Ok(true) => EitherOf3::A(view! { <SetupForm form token /> }),
            Ok(false) => EitherOf3::B(view! { <WhereTheLinkIs is_wrong=!token.is_empty() /> }),
            Err(error) => EitherOf3::C(view! { <Failure error /> }),
        }
    });
    view! {
        <Title text="Set up" />
        <h1>"Set up Mailgrant"</h1>
        {shown}
    }
}

#[component]
fn SetupForm(form: FormView<AccessField>, token: String) -> impl IntoView {
    view! {
        <ProblemBanner form=form.clone() />
        // Without `action`, so the form posts to this address and a refused form keeps its token.
        <form method="post" class="card" id="setup">
            <p>
                "There are no accounts yet. This account will be an administrator, who may change settings and add \
                other accounts."
            </p>
            <input type="hidden" name="token" value=token />
            <InputField
                form=form.clone()
                field=AccessField::Name
                label="User name"
                kind=InputKind::USERNAME
                help="Letters, digits, and . _ - + @. For example, an email address."
                focus=!form.was_refused()
            />
            <InputField
                form=form.clone()
                field=AccessField::Password
                label="Password"
                kind=InputKind::NEW_PASSWORD
                help=wording::PASSWORD_RULE
            />
            <InputField
                form
                field=AccessField::Repeated
                label="Password again"
                kind=InputKind::NEW_PASSWORD
            />
            <div>
                <button class="button primary">"Set up"</button>
            </div>
        </form>
    }
}

#[component]
fn WhereTheLinkIs(is_wrong: bool) -> impl IntoView {
    let title = if is_wrong {
        "This setup link is no longer valid"
    } else {
        "Open the setup link"
    };
    view! {
        <Banner tone=Tone::Careful title>
            <p>
                "The server printed a setup link when it started. Find it in the output of the server, or in \
                the log of its service. The link works once. After a restart, the server prints a new one."
            </p>
            <p>
                "To create an administrator from the command line, run: "
                <code>"mailgrant account add NAME --role administrator"</code>
            </p>
        </Banner>
    }
}
