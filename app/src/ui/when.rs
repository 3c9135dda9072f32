//! A point in time.

use domain::UnixTime;
use leptos::prelude::*;

/// For people and for machines.
#[component]
pub fn When(at: UnixTime) -> impl IntoView {
    view! { <time datetime=at.rfc3339()>{at.to_string()}</time> }
}
