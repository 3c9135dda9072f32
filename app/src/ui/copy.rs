//! A button that copies a value.

use leptos::prelude::*;

/// Button that copies the text of another element. The style sheet shows it only with WASM. One
/// handler for the whole page performs the copy, so the button also works in HTML that the server
/// renders later.
#[component]
pub fn CopyButton(
    /// ID of the element.
    #[prop(into)]
    of: String,
    /// Name of the value, for the label of the button.
    what: &'static str,
) -> impl IntoView {
    view! {
        <span class="copy needs-wasm">
            <button type="button" class="button quiet" data-copy=of aria-label=["Copy ", what].concat()>
                "Copy"
            </button>
            <span class="copied" role="status"></span>
        </span>
    }
}
