//! The frame of every page.

use domain::{Role, SignedIn};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{paths, request};

/// Header and main column. Links load whole pages (`rel="external"`), so the browser asks before it
/// discards unsaved changes.
#[component]
pub fn Layout(children: Children) -> impl IntoView {
    view! {
        <a class="skip" href="#content" rel="external">
            "Skip to content"
        </a>
        <header class="page-header">
            <div class="column">
                <a class="name" href="/" rel="external">
                    "Mailgrant"
                </a>
                {request::visitor().map(|visitor| view! { <Navigation visitor /> })}
            </div>
        </header>
        <main id="content" class="column" tabindex="-1">
            {children()}
        </main>
    }
}

/// Links to the pages that the user may open, and the sign-out.
#[component]
fn Navigation(visitor: SignedIn) -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let own_page = (path == paths::OwnAccount::PATH).then_some("page");
    // A page below another one, such as that of a message, counts as part of it.
    let link = move |(href, within, name): (&'static str, &'static str, &'static str)| {
        let current = match path.strip_prefix(within) {
            _ if path == href => Some("page"),
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Some("true"),
            _ => None,
        };
        view! {
            <a href=href rel="external" aria-current=current>
                {name}
            </a>
        }
    };
    let mailbox = visitor.role.includes(Role::Operator);
    let access = visitor.role.includes(Role::Administrator);
    let pages = [
        Some((paths::Messages::PATH, paths::Messages::PATH, "Messages")),
        mailbox.then_some((paths::Mailbox::PATH, paths::Mailbox::PATH, "Mailbox")),
        Some((paths::SmtpSettings::PATH, paths::SETTINGS, "Settings")),
        Some((paths::Activity::PATH, paths::Activity::PATH, "Activity")),
        access.then_some((
            paths::AccessSettings::PATH,
            paths::AccessSettings::PATH,
            "Access",
        )),
    ];
    view! {
        <nav aria-label="Pages">{pages.into_iter().flatten().map(link).collect_view()}</nav>
        <div class="own">
            <a href=paths::OwnAccount::PATH rel="external" aria-current=own_page class="own-name">
                <span class="visually-hidden">"Your account: "</span>
                {visitor.name.to_string()}
            </a>
            <form method="post" action=paths::Logout::PATH>
                <button class="link">"Sign out"</button>
            </form>
        </div>
    }
}
