//! The message after a form was processed. Its redirect leads to `?done=…`.

use leptos::prelude::*;

use super::query::query_parameter;
use crate::ui::banner::{Banner, Tone};

/// Says what the last form did. A refused form is answered without the query, so it shows none.
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
