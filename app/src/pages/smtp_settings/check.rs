//! Section "Connection": checks it, with and without a test email, and shows the result.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{session::Session, test_email::TestEmail};
use crate::{api::CheckConnection, rendered, ui::error_banner::ErrorBanner};

/// Checks the connection with the values on the form, and shows each step.
#[component]
pub fn CheckSection(session: Session) -> impl IntoView {
    let busy = move || session.checking().get();
    let stops = move || session.check().with(Option::is_some);
    view! {
        <section class="card" id="connection" aria-labelledby="connection-title">
            <h2 id="connection-title">"Connection"</h2>
            <p class="help">
                {if session.may_edit() {
                    "Checks each step with the values on this page, saved or not, and explains how to fix \
                    what fails. With OAuth, exactly these values must be authorized."
                } else {
                    "Checks each step with the saved settings of this data center."
                }}
            </p>
            <DkimSelector session />
            <div class="check-buttons">
                <button
                    type="submit"
                    id="check"
                    class="button"
                    formaction=CheckConnection::url()
                    aria-disabled=move || busy().then_some("true")
                >
                    "Check the connection"
                </button>
                <p class="help">"Sends no mail."</p>
            </div>
            <TestEmail session />
            <div class="check-state">
                <p class="working" hidden=move || !busy()>
                    "Checking…"
                </p>
                <button type="submit" id="stop" class="button quiet" hidden=move || !stops()>
                    "Stop"
                </button>
            </div>
            <p class="visually-hidden" aria-live="polite">
                {session.said()}
            </p>
            <div class="remedied" role="status" hidden=move || !session.remedied().get()>
                <p>"The form was changed. It is not saved yet."</p>
                <button type="submit" id="check-again" class="button">
                    "Check again"
                </button>
            </div>
            {move || session.check_error().get().map(|error| view! { <ErrorBanner error /> })}
            // The server renders the content of this element, so it is not part of the view.
            <div
                id=rendered::RESULT
                aria-busy=move || busy().to_string()
                inner_html=session.report().get_value()
            ></div>
        </section>
    }
}

/// Field for the DKIM selector. DNS does not list selectors, so users have to enter it.
#[component]
fn DkimSelector(session: Session) -> impl IntoView {
    view! {
        <div class="field field-selector">
            <label for="dkim_selector">"DKIM selector (optional)"</label>
            <input
                id="dkim_selector"
                name="dkim_selector"
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-describedby="dkim_selector-help"
                prop:value=session.dkim_selector()
                on:input=move |event| session.dkim_selector().set(event_target_value(&event))
            />
            <p id="dkim_selector-help" class="help">
                "Enter a selector to check the key that signs your mail. It is the \"s=\" value of a DKIM-Signature header."
            </p>
        </div>
    }
}
