//! Discovery of settings for an email address or an issuer. The server finds them, and the page
//! fills them in.

use domain::{EmailAddress, discovery::means_issuer};
use leptos::{prelude::*, task::spawn_local};

use super::{presets::offer, session::Session};
use crate::{api, error::ApiError, patch::Placement, ui::browser};

const FOUND: &str = "found-settings";

/// The search field and its proposals. It is only visible with WASM.
#[component]
pub fn DiscoveryField(session: Session) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let wrong = move || {
        let error = error.get();
        error.map_or_else(String::new, |error| error.words().joined())
    };
    let find = move || {
        let typed = typed.get_untracked();
        if busy.get_untracked() {
            return;
        }
        let wrong = if means_issuer(&typed) {
            None
        } else {
            EmailAddress::parse(&typed).err()
        };
        error.set(wrong.map(|error| ApiError::Address(error.into())));
        if error.with_untracked(Option::is_some) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::discover(typed).await {
                Ok(found) => {
                    browser::insert_html(FOUND, &found.html, Placement::Within);
                    session.proposals().set(found.fillings);
                }
                Err(refused) => error.set(Some(refused)),
            }
            busy.set(false);
        });
    };
    let find_on_enter = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            find();
        }
    };
    view! {
        <div class="field discovery needs-wasm">
            <label for="discover">"Email address, or an issuer's URL"</label>
            <div class="with-button">
                <input
                    id="discover"
                    type="text"
                    inputmode="email"
                    placeholder="mail@example.com"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby="discover-error discover-help"
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        error.set(None);
                    }
                    on:keydown=find_on_enter
                />
                <button
                    type="button"
                    class="button"
                    id="find-settings"
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| find()
                >
                    {move || if busy.get() { "Searching…" } else { "Find settings" }}
                </button>
            </div>
            <p id="discover-error" class="error" hidden=move || error.with(Option::is_none)>
                {wrong}
            </p>
            <p id="discover-help" class="help">
                "Finds the settings that the domain of the address publishes, or the endpoints of an OAuth or \
                OpenID Connect issuer. You choose the settings to fill in."
            </p>
            <div id=FOUND aria-live="polite"></div>
        </div>
    }
}

/// Fills in the proposal that a button belongs to.
pub fn use_proposal(session: Session, button: &str) {
    let at = button.rsplit('-').next().and_then(|at| at.parse().ok());
    let fields_of_preset = session
        .proposals()
        .with_untracked(|all| all.get(at.unwrap_or(usize::MAX)).cloned().flatten());
    if let Some(fields_of_preset) = fields_of_preset {
        offer(session, fields_of_preset);
    }
}
