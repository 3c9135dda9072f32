//! The save button and the note about unsaved changes.

use leptos::prelude::*;

use super::{session::Session, status::ends_grant};

/// Save button, which stays visible while the page scrolls.
#[component]
pub fn Actions(session: Session) -> impl IntoView {
    let busy = move || session.saving().get();
    let dirty = session.state().dirty;
    view! {
        <div class="actions">
            <button
                type="submit"
                id="save"
                class="button primary"
                aria-disabled=move || busy().then_some("true")
            >
                <span class="shown-with-oauth">"Save & Authorize"</span>
                <span class="shown-without-oauth">"Save"</span>
            </button>
            <p class="unsaved" class:is-shown=move || busy() || dirty.get() role="status">
                {move || match (busy(), dirty.get(), ends_grant(session)) {
                    (true, ..) => "Saving…",
                    (_, true, true) => "Unsaved changes. Saving ends the authorization.",
                    (_, true, false) => "Unsaved changes",
                    _ => "",
                }}
            </p>
        </div>
    }
}
