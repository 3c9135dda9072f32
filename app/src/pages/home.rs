//! `/`: redirects to the settings.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::paths;

/// Redirects to the settings.
#[component]
pub fn HomePage() -> impl IntoView {
    view! { <Redirect path=paths::SmtpSettings::PATH /> }
}
