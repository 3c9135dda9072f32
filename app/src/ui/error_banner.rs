//! An error that belongs to no field.

use leptos::prelude::*;

use crate::{
    error::ApiError,
    paths,
    ui::banner::{Banner, Tone},
};

/// Banner with the error. If signing in helps, a link opens the sign-in in a new tab, so entered
/// values are not lost.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn ErrorBanner(error: ApiError) -> impl IntoView {
    let words = error.words();
    let sign_in = matches!(error, ApiError::SignedOut | ApiError::Forbidden);
    view! {
        <Banner tone=Tone::Bad title=words.cause>
            <p>{words.fix}</p>
            {sign_in
                .then(|| {
                    view! {
                        <p>
                            <a href=paths::Login::PATH target="_blank" rel="external noopener">
                                "Sign in in a new tab"
                            </a>
                        </p>
                    }
                })}
        </Banner>
    }
}
