//! `/setup?token=…`: the first administrator.

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

/// Setting Mailgrant up.
#[component]
pub fn SetupPage() -> impl IntoView {
    let form = FormView::of(FORM);
    let token = query_parameter("token").unwrap_or_default();
    let good = api::is_setup_link(token.clone());
    let shown = Suspend::new(async move {
        match good.await {
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
        // Without `action`, so that it posts to this address: a form that is refused keeps its token.
        <form method="post" class="card" id="setup">
            <p>
                "Nobody has an account yet. This one will be an administrator, who may change settings and add \
                other accounts."
            </p>
            <input type="hidden" name="token" value=token />
            <InputField
                form=form.clone()
                field=AccessField::Name
                label="User name"
                kind=InputKind::USERNAME
                help="Letters, digits and . _ - + @. An email address is good."
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
        "This setup link is not good any more"
    } else {
        "Open the setup link"
    };
    view! {
        <Banner tone=Tone::Careful title>
            <p>
                "The server printed a setup link when it started: look at its output, or at the log of its \
                service. The link is good once, and ends when the server starts again, which prints a new one."
            </p>
            <p>
                "On the machine itself this makes an administrator as well: "
                <code>"mailgrant account add NAME --role administrator"</code>
            </p>
        </Banner>
    }
}
