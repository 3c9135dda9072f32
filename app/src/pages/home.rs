//! `/`: there is one page so far.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::paths;

/// Leads to the settings.
#[component]
pub fn HomePage() -> impl IntoView {
    view! { <Redirect path=paths::SmtpSettings::PATH /> }
}
