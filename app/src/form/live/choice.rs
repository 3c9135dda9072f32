//! A group of radio buttons.

use domain::{SmtpField, SmtpForm};
use leptos::prelude::*;

use crate::form::live::{
    FormState,
    field::{Notes, described_by, invalid},
};

/// Radio buttons. `then` updates other fields that depend on the choice.
#[component]
pub fn Choice(
    state: FormState,
    field: SmtpField,
    options: Vec<(&'static str, &'static str)>,
    #[prop(optional)] then: Option<fn(&mut SmtpForm)>,
) -> impl IntoView {
    let name = field.name();
    let option = move |(code, label): (&'static str, &'static str)| {
        let chosen = move || state.form.with(|form| form.text(field) == code);
        let choose = move |_| {
            state.edit(|form| {
                form.set_text(field, code.to_owned());
                if let Some(then) = then {
                    then(form);
                }
            });
            state.leave(field);
        };
        view! {
            <label class="radio">
                <input
                    type="radio"
                    id=[name, "-", code].concat()
                    name=["form[", name, "]"].concat()
                    value=code
                    checked=untrack(chosen)
                    prop:checked=chosen
                    on:change=choose
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset
            id=name
            class="field choice"
            role="radiogroup"
            aria-required="true"
            aria-invalid=move || invalid(state, field)
            aria-describedby=described_by(field)
        >
            <legend>
                {wording::smtp_field_label(field)} <span class="mandatory" aria-hidden="true">"*"</span>
            </legend>
            <div class="radios">{options.into_iter().map(option).collect_view()}</div>
            <Notes state field />
        </fieldset>
    }
}
