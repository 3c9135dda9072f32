//! A page that changes while it is open.

use leptos::prelude::*;

/// Where the changes come from, and what is said when they do not: that the server is not reached. Without WASM it is a link
/// that loads the page again.
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
                    "Mailgrant is not reached, so this may be old. It is tried again; or " <a href="" rel="external">
                        "reload"
                    </a> "."
                </span>
            </p>
        </div>
    }
}
