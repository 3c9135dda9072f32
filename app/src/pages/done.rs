//! What the last form has done. Its answer leads to `?done=…`.

use leptos::prelude::*;

use super::query::asked;
use crate::{
    api,
    ui::banner::{Banner, Tone},
};

/// Said once more on a reload, but not when another form was posted to the same address.
#[component]
pub fn Done() -> impl IntoView {
    let code = asked("done").unwrap_or_default();
    wording::flash_message(&code)
        .filter(|_| api::posted().is_none())
        .map(|words| {
            view! {
                <Banner tone=Tone::Good title=words>
                    ""
                </Banner>
            }
        })
}
