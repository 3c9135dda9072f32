//! A switch. The style sheet shows and hides the fields that depend on it, so it works without
//! WASM.

use domain::SmtpForm;
use leptos::prelude::*;

use crate::form::live::FormState;

/// Describes a switch, and how it reads and writes the form.
#[derive(Clone, Copy)]
pub struct Switch {
    /// Id, and name in the form.
    pub id: &'static str,
    /// Label.
    pub label: &'static str,
    /// Returns true if it is on.
    pub get: fn(&SmtpForm) -> bool,
    /// Sets it.
    pub set: fn(&mut SmtpForm, bool),
}

/// A switch with its notes as children.
#[component]
pub fn Toggle(
    state: FormState,
    switch: Switch,
    #[prop(optional)] described_by: Option<String>,
    children: Children,
) -> impl IntoView {
    let Switch {
        id,
        label,
        get,
        set,
    } = switch;
    view! {
        <div class="field toggle-field">
            <label class="toggle" for=id>
                <input
                    id=id
                    name=["form[", id, "]"].concat()
                    type="checkbox"
                    role="switch"
                    value="true"
                    checked=state.form.with_untracked(get)
                    prop:checked=move || state.form.with(get)
                    aria-describedby=described_by
                    on:change=move |event| {
                        let on = event_target_checked(&event);
                        state.edit(|form| set(form, on));
                    }
                />
                <span>{label}</span>
            </label>
            {children()}
        </div>
    }
}
