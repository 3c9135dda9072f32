//! What a page shows when its data cannot be had. Never shows internals.

use leptos::prelude::*;

use crate::{
    error::ApiError,
    text,
    ui::banner::{Banner, Tone},
};

/// The error of a page.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Failure(error: ApiError) -> impl IntoView {
    let words = text::api_error(&error);
    let unknown = matches!(error, ApiError::UnknownDataCenter);
    view! {
        <Banner tone=Tone::Bad title=words.cause>
            <p>{words.fix}</p>
            <p>
                <a href="/settings/smtp" rel="external">
                    {if unknown { "Settings of the default data center" } else { "Try again" }}
                </a>
            </p>
        </Banner>
    }
}
