//! Content of a page whose data cannot be loaded. Never shows internal details.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    error::ApiError,
    paths,
    ui::banner::{Banner, Tone},
};

/// The error, with a link to the next step.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Failure(error: ApiError) -> impl IntoView {
    let words = error.words();
    let (href, link) = match error {
        ApiError::UnknownDataCenter => (
            paths::SmtpSettings::PATH.to_owned(),
            "Settings of the default data center",
        ),
        _ => (use_location().pathname.get_untracked(), "Try again"),
    };
    view! {
        <Banner tone=Tone::Bad title=words.cause>
            <p>{words.fix}</p>
            <p>
                <a href=href rel="external">
                    {link}
                </a>
            </p>
        </Banner>
    }
}
