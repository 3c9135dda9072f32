//! Pages that the server shows instead of the requested one.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    paths,
    ui::banner::{Banner, Tone},
};

/// The role of the user does not permit the page.
#[component]
pub fn ForbiddenPage() -> impl IntoView {
    let words = wording::request_problem::FORBIDDEN;
    view! {
        <Title text="Not allowed" />
        <h1>"Not allowed"</h1>
        <Banner tone=Tone::Bad title=words.cause>
            <p>{words.fix}</p>
            <p>
                <a href=paths::SmtpSettings::PATH rel="external">
                    "Settings :: SMTP"
                </a>
            </p>
        </Banner>
    }
}

/// A form was posted after its session ended.
#[component]
pub fn SessionEndedPage() -> impl IntoView {
    view! {
        <Title text="Session ended" />
        <h1>"Session ended"</h1>
        <Banner tone=Tone::Bad title="Your session has ended.">
            <p>
                "Sign in in a new tab, then reload this page. Your browser sends the form again."
            </p>
            <p>
                <a href=paths::Login::PATH target="_blank" rel="external noopener" class="button">
                    "Sign in in a new tab"
                </a>
            </p>
        </Banner>
    }
}

/// A provider redirected to a browser without a session.
#[component]
pub fn CallbackRefusedPage() -> impl IntoView {
    view! {
        <Title text="Sign in first" />
        <h1>"Sign in first"</h1>
        <Banner tone=Tone::Bad title="You are not signed in to Mailgrant in this browser.">
            <p>
                "An authorization must finish in the session that started it, and that session has ended. Your \
                settings have not changed. Sign in, then press Save & Authorize again."
            </p>
            <p>
                <a href=paths::Login::PATH rel="external" class="button">
                    "Sign in"
                </a>
            </p>
        </Banner>
    }
}
