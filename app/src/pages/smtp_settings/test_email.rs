//! Section "Test email".

use leptos::prelude::*;

use super::session::Session;
use crate::{
    text,
    ui::{check_report::Report, error_banner::ErrorBanner},
};

/// Sends a mail with what is on the form, and shows each exchange.
#[component]
pub fn TestEmailSection(session: Session) -> impl IntoView {
    let busy = move || session.testing().get();
    let error = move || {
        let error = session.recipient_error().get();
        error.map_or_else(String::new, |error| text::field_error(error, None).joined())
    };
    let send_on_enter = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            session.send_test();
        }
    };
    let opened = session.recipient().get_untracked();
    view! {
        <section class="card" id="test-email" aria-labelledby="test-email-title">
            <h2 id="test-email-title">"Test email"</h2>
            <p class="help">
                {if session.may_edit() {
                    "Sends a mail with what is on this page, saved or not. With OAuth it needs an \
                    authorization for exactly these values."
                } else {
                    "Sends a mail with what is saved for this data center."
                }}
            </p>
            <div class="field">
                <label for="recipient">"Recipient"</label>
                <div class="with-button">
                    <input
                        id="recipient"
                        name="recipient"
                        type="text"
                        inputmode="email"
                        value=opened
                        placeholder="you@example.com"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        aria-invalid=move || session.recipient_error().get().map(|_| "true")
                        aria-describedby="recipient-error"
                        prop:value=session.recipient()
                        on:input=move |event| {
                            session.recipient().set(event_target_value(&event));
                            session.recipient_error().set(None);
                        }
                        on:keydown=send_on_enter
                    />
                    <button
                        type="submit"
                        id="test"
                        class="button"
                        formaction="/api/send_test_email"
                        aria-disabled=move || busy().then_some("true")
                    >
                        {move || if busy() { "Sending…" } else { "Test" }}
                    </button>
                </div>
                <p id="recipient-error" class="error" hidden=move || error().is_empty()>
                    {error}
                </p>
            </div>
            <div id="test-result" aria-live="polite" aria-busy=move || busy().to_string()>
                {move || shown(session)}
            </div>
        </section>
    }
}

fn shown(session: Session) -> Option<AnyView> {
    if session.testing().get() {
        return Some(view! { <p class="working">"Connecting and sending…"</p> }.into_any());
    }
    session.tested().get().map(|tested| match tested {
        Ok(report) => view! { <Report report /> }.into_any(),
        Err(error) => view! { <ErrorBanner error /> }.into_any(),
    })
}
