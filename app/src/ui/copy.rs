//! Something to copy.

use leptos::prelude::*;

/// A button that copies the text of another element. The style sheet shows it only with WASM, which listens to the whole
/// page for it: so it works in what the server renders later, too.
#[component]
pub fn CopyButton(
    /// The id of the element.
    #[prop(into)]
    of: String,
    /// What is copied, for the name of the button.
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
