//! The message after a form was processed. The form redirects to a URL with `?done=…`.

use leptos::prelude::*;

use super::query::query_parameter;
use crate::ui::banner::{Banner, Tone};

/// Confirms the last form. The response to a rejected form has no such query, so it shows no
/// message.
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
