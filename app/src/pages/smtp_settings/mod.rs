//! `/settings/smtp`: the settings of one data center.

mod actions;
mod authentication;
mod connection;
mod data_centers;
mod form;
mod mailbox;
mod outcome;
mod presets;
mod session;
mod sign_in;
mod status;
mod test_email;

use domain::DataCenterId;
use leptos::{either::Either, prelude::*};
use leptos_router::{hooks::use_query_map, params::ParamsMap};

use self::form::SettingsForm;
use super::failure::Failure;
use crate::api;

/// What the URL asks for. It never holds values of the form.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Whose settings.
    pub data_center: String,
    /// Show what was typed without WASM.
    pub draft: bool,
    /// The draft was refused: show all its errors.
    pub refused: bool,
    /// Ask whether the preset may replace what was typed.
    pub overwrite: bool,
    /// `1` after a save, `half` when the sign-in could not begin.
    pub saved: String,
    /// The id of a check.
    pub check: String,
    /// `required` or `wrong`, when the recipient of a test email was.
    pub recipient: String,
}

impl Asked {
    fn read(query: &ParamsMap) -> Self {
        let text = |name| query.get_str(name).unwrap_or_default().to_owned();
        let data_center = text("data_center");
        Self {
            data_center: if data_center.is_empty() {
                DataCenterId::DEFAULT.to_owned()
            } else {
                data_center
            },
            draft: query.get_str("draft").is_some(),
            refused: query.get_str("draft") == Some("refused"),
            overwrite: query.get_str("overwrite").is_some(),
            saved: text("saved"),
            check: text("check"),
            recipient: text("recipient"),
        }
    }
}

/// The settings page.
#[component]
pub fn SmtpSettingsPage() -> impl IntoView {
    let asked = use_query_map().with_untracked(Asked::read);
    let page = api::in_page(api::smtp_settings_page(
        asked.data_center.clone(),
        asked.draft,
        asked.check.clone(),
    ));
    // Not in a closure: Leptos 0.8.23 runs closures in a <Suspense> several times on the server, each time
    // with other signals, of which some are gone when they are read.
    let shown = Suspend::new(async move {
        match page.await {
            Ok(page) => Either::Left(view! { <SettingsForm page asked /> }),
            Err(error) => Either::Right(view! { <Failure error /> }),
        }
    });
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                <li>"Settings"</li>
                <li>"General"</li>
                <li aria-current="page">"SMTP"</li>
            </ol>
        </nav>
        <h1>"Settings :: SMTP"</h1>
        <Suspense fallback=|| view! { <p class="loading">"Loading…"</p> }>{shown}</Suspense>
    }
}
