//! The message after a form was processed. Its redirect points to `?done=…`.

use leptos::prelude::*;

use super::query::query_parameter;
use crate::ui::banner::{Banner, Tone};

/// Confirms the last form. The response to a refused form has no such query, so it shows none.
#[component]
pub fn FlashMessage() -> impl IntoView {
    let code = query_parameter("done").unwrap_or_default();
    wording::flash_message(&code).map(|words| {
        view! {
            <Banner tone=Tone::Good title=words>
                ""
            </Banner>
        }
    })
}
