//! The page for unknown paths.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{api, paths};

/// Page not found.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    api::not_found();
    view! {
        <Title text="Not found" />
        <h1>"Not found"</h1>
        <p>"There is no page at this address."</p>
        <p>
            <a href=paths::SmtpSettings::PATH rel="external">
                "Settings :: SMTP"
            </a>
        </p>
    }
}
