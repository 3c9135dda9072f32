//! `/setup?token=…`: the first administrator.

use domain::access::AccessField;
use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;

use super::{failure::Failure, link_token::link_token};
use crate::{
    api,
    posted::PostedForm,
    ui::{
        banner::{Banner, Tone},
        entry::{Entry, EntryKind},
        sheet::{Sheet, SheetProblem},
    },
};

/// Setting Mailgrant up.
#[component]
pub fn SetupPage() -> impl IntoView {
    let sheet = Sheet::of(PostedForm::Setup, "setup");
    let token = link_token(&sheet);
    let good = api::is_setup_link(token.clone());
    let shown = Suspend::new(async move {
        match good.await {
            Ok(true) => EitherOf3::A(view! { <SetupForm sheet token /> }),
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
fn SetupForm(sheet: Sheet, token: String) -> impl IntoView {
    view! {
        <SheetProblem sheet=sheet.clone() />
        // Without `action`, so that it posts to this address: a form that is refused keeps its token.
        <form method="post" class="card" id="setup">
            <p>
                "Nobody has an account yet. This one will be an administrator, who may change settings and add \
                other accounts."
            </p>
            <input type="hidden" name="token" value=token />
            <Entry
                sheet=sheet.clone()
                field=AccessField::Name
                label="User name"
                kind=EntryKind::USERNAME
                help="Letters, digits and . _ - + @. An email address is good."
                focus=!sheet.was_refused()
            />
            <Entry
                sheet=sheet.clone()
                field=AccessField::Password
                label="Password"
                kind=EntryKind::NEW_PASSWORD
                help=wording::PASSWORD_RULE
            />
            <Entry
                sheet
                field=AccessField::Repeated
                label="Password again"
                kind=EntryKind::NEW_PASSWORD
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
