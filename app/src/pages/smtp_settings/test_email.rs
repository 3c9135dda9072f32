//! The test email: a check that also sends a message.

use leptos::{prelude::*, server_fn::ServerFn};

use super::session::Session;
use crate::api::SendTestEmail;

/// Recipient and button.
#[component]
pub fn TestEmail(session: Session) -> impl IntoView {
    let busy = move || session.checking().get();
    let error = move || {
        let error = session.recipient_error().get();
        error.map_or_else(String::new, |error| wording::address_error(error).joined())
    };
    let send_on_enter = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            session.send_test();
        }
    };
    let opened = session.recipient().get_untracked();
    view! {
        <div class="test-email" id="test-email" role="group" aria-labelledby="test-email-title">
            <h3 id="test-email-title">"Test email"</h3>
            <p class="help">"Runs the same check, then sends a message."</p>
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
                        formaction=SendTestEmail::url()
                        aria-disabled=move || busy().then_some("true")
                    >
                        "Test"
                    </button>
                </div>
                <p id="recipient-error" class="error" hidden=move || error().is_empty()>
                    {error}
                </p>
            </div>
        </div>
    }
}
