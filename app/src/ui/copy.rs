//! Something to copy.

use leptos::prelude::*;

use crate::ui::browser;

/// A button that copies the text of another element. The style sheet shows it only with WASM.
#[component]
pub fn CopyButton(
    /// The id of the element.
    #[prop(into)]
    of: String,
    /// What is copied, for the name of the button.
    what: &'static str,
) -> impl IntoView {
    let outcome = RwSignal::new("");
    let copy = move |_| {
        outcome.set(if browser::copy_from(&of) {
            "Copied"
        } else {
            "Selected: press Ctrl+C"
        });
    };
    view! {
        <span class="copy needs-wasm">
            <button type="button" class="button quiet" on:click=copy aria-label=["Copy ", what].concat()>
                "Copy"
            </button>
            <span class="copied" role="status" class:is-shown=move || !outcome.get().is_empty()>
                {outcome}
            </span>
        </span>
    }
}
