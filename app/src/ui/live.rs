//! A page that changes while it is open.

use leptos::prelude::*;

/// Subscription to the changes, and the note that the server cannot be reached. Without WASM, a
/// link that reloads the page.
#[component]
pub fn Live(events: String) -> impl IntoView {
    view! {
        <div class="live-note" data-events=events>
            <p class="no-wasm">
                <a href="" rel="external">
                    "Reload"
                </a> " to see what has changed."
            </p>
            <p role="status" class="needs-wasm">
                <span class="when-offline">
                    "Mailgrant cannot be reached, so this page may be out of date. It keeps trying. You can also " <a href="" rel="external">
                        "reload"
                    </a> "."
                </span>
            </p>
        </div>
    }
}
