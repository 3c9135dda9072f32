//! The header of all settings pages.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{paths, request};

/// Settings pages in order: path, name, and the role that may open them.
const PAGES: &[(&str, &str, domain::Role)] = &[
    (paths::SmtpSettings::PATH, "SMTP", domain::Role::Viewer),
    (
        paths::SendingSettings::PATH,
        "Sending",
        domain::Role::Administrator,
    ),
    (paths::SenderSettings::PATH, "Senders", domain::Role::Viewer),
    (paths::AlertSettings::PATH, "Alerts", domain::Role::Viewer),
];

/// The header of a settings page.
#[component]
pub fn SettingsTop(
    /// Name of the page in the navigation.
    name: &'static str,
) -> impl IntoView {
    let title = ["Settings :: ", name].concat();
    view! {
        <Title text=title.clone() />
        <SettingsNav />
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                <li>"Settings"</li>
                <li>"General"</li>
                <li aria-current="page">{name}</li>
            </ol>
        </nav>
        <h1>{title}</h1>
    }
}

/// Links to the settings pages that the user may open.
#[component]
pub fn SettingsNav() -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let pages = PAGES.iter().filter(|(_, _, role)| request::may(*role));
    let pages: Vec<_> = pages
        .map(|(href, name, _)| {
            let current = match path.strip_prefix(*href) {
                Some("") => Some("page"),
                Some(rest) if rest.starts_with('/') => Some("true"),
                _ => None,
            };
            view! {
                <li>
                    <a href=*href rel="external" aria-current=current>
                        {*name}
                    </a>
                </li>
            }
        })
        .collect();
    // A single page needs no navigation.
    (pages.len() > 1).then(|| {
        view! {
            <nav class="settings-nav" aria-label="Settings">
                <ul>{pages}</ul>
            </nav>
        }
    })
}
