//! A field for a secret. It is always rendered empty, with a note that says if one is saved.

use domain::{SecretField, TypedSecret, smtp_form::secret_form_field};
use leptos::prelude::*;

use crate::form::live::{
    FormState,
    field::{Label, Notes, described_by, invalid},
};

/// A field for a secret. `again` means that one was typed before, and has to be entered again.
#[component]
pub fn SecretInput(state: FormState, secret: SecretField, again: bool) -> impl IntoView {
    let field = secret_form_field(secret);
    let id = field.name();
    let saved = move || state.is_saved(secret);
    let placeholder = move || {
        if saved() {
            "Saved. Leave it empty to keep it."
        } else {
            ""
        }
    };
    view! {
        <div class="field">
            <div class="label-row">
                <Label field />
                <span id=[id, "-state"].concat() class="secret-state" class:is-saved=saved>
                    {move || if saved() { "saved" } else { "not set" }}
                </span>
            </div>
            <input
                id=id
                name=["form[", id, "]"].concat()
                type="password"
                placeholder=placeholder
                autocomplete="new-password"
                spellcheck="false"
                aria-required="true"
                aria-invalid=move || invalid(state, field)
                aria-describedby=[id, "-state ", &described_by(field)].concat()
                prop:value=move || state.form.with(|form| form.secret(secret).expose().to_owned())
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    state.edit(|form| form.set_secret(secret, TypedSecret::new(typed)));
                }
                on:blur=move |_| state.leave(field)
            />
            {again
                .then(|| {
                    view! {
                        <p class="warning">
                            "If you entered a value here, enter it again. Mailgrant does not send secrets back to the page."
                        </p>
                    }
                })}
            <Notes state field />
        </div>
    }
}
