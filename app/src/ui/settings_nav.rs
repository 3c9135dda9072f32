//! Where in the settings one is, and the other pages of settings.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api;

/// The pages of settings, in their order: path, name, and the role that may open them.
const PAGES: &[(&str, &str, domain::Role)] = &[
    ("/settings/smtp", "SMTP", domain::Role::Viewer),
    ("/settings/sending", "Sending", domain::Role::Administrator),
    ("/settings/alerts", "Alerts", domain::Role::Viewer),
];

/// The way to the other pages of settings, as far as they are for who looks.
#[component]
pub fn SettingsNav() -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let pages = PAGES.iter().filter(|(_, _, role)| api::may(*role));
    let pages: Vec<_> = pages
        .map(|(href, name, _)| {
            let current = (path == *href).then_some("page");
            view! {
                <li>
                    <a href=*href rel="external" aria-current=current>
                        {*name}
                    </a>
                </li>
            }
        })
        .collect();
    // One page is no choice.
    (pages.len() > 1).then(|| {
        view! {
            <nav class="settings-nav" aria-label="Settings">
                <ul>{pages}</ul>
            </nav>
        }
    })
}
