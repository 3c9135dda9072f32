//! Section "Connection": checking it, with and without a test email, and what came of that.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{session::Session, test_email::TestEmail};
use crate::{api::CheckConnection, rendered, ui::error_banner::ErrorBanner};

/// Checks with what is on the form, and shows each step.
#[component]
pub fn CheckSection(session: Session) -> impl IntoView {
    let busy = move || session.checking().get();
    let stops = move || session.check().with(Option::is_some);
    view! {
        <section class="card" id="connection" aria-labelledby="connection-title">
            <h2 id="connection-title">"Connection"</h2>
            <p class="help">
                {if session.may_edit() {
                    "Tries each step with what is on this page, saved or not, and says what to do about \
                    what fails. With OAuth it needs an authorization for exactly these values."
                } else {
                    "Tries each step with what is saved for this data center."
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
                <p>"The form is changed, and not saved yet."</p>
                <button type="submit" id="check-again" class="button">
                    "Check again"
                </button>
            </div>
            {move || session.check_error().get().map(|error| view! { <ErrorBanner error /> })}
            // What stands in it is no part of the view: the server renders it, now and later.
            <div
                id=rendered::RESULT
                aria-busy=move || busy().to_string()
                inner_html=session.report().get_value()
            ></div>
        </section>
    }
}

/// Which key signs is known to those who have set it up, and to no one else.
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
                "Then the key is looked at that signs your mail. It is the \"s=\" of a DKIM-Signature header."
            </p>
        </div>
    }
}
