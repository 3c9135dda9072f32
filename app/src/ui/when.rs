//! A point in time.

use domain::UnixTime;
use leptos::prelude::*;

/// The time as text, and in the `datetime` attribute.
#[component]
pub fn When(at: UnixTime) -> impl IntoView {
    view! { <time datetime=at.rfc3339()>{at.to_string()}</time> }
}
