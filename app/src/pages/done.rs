//! What the last form has done. Its answer leads to `?done=…`.

use leptos::prelude::*;

use super::query::asked;
use crate::{
    api, text,
    ui::banner::{Banner, Tone},
};

/// Said once more on a reload, but not when another form was posted to the same address.
#[component]
pub fn Done() -> impl IntoView {
    let code = asked("done").unwrap_or_default();
    text::done(&code)
        .filter(|_| api::posted().is_none())
        .map(|words| {
            view! {
                <Banner tone=Tone::Good title=words>
                    ""
                </Banner>
            }
        })
}
