//! One field: label, input, help, and error.

use domain::SmtpField;
use leptos::prelude::*;

use crate::form::live::FormState;

/// Kind of text that a field takes: type of the input, keyboard, and width.
#[derive(Clone, Copy)]
pub struct Kind {
    input: &'static str,
    keyboard: &'static str,
    class: &'static str,
}

impl Kind {
    /// Any text.
    pub const TEXT: Self = Self::of("text", "text", "field");
    /// A host name.
    pub const HOST: Self = Self::of("text", "url", "field");
    /// An email address, with or without a name.
    pub const ADDRESS: Self = Self::of("text", "email", "field");
    /// A URL.
    pub const URL: Self = Self::of("url", "url", "field");
    /// A port number.
    pub const PORT: Self = Self::of("text", "numeric", "field field-port");

    const fn of(input: &'static str, keyboard: &'static str, class: &'static str) -> Self {
        Self {
            input,
            keyboard,
            class,
        }
    }
}

/// A text field. `then` updates other fields that depend on its value.
#[component]
pub fn TextField(
    state: FormState,
    field: SmtpField,
    kind: Kind,
    #[prop(optional)] then: Option<fn(&mut domain::SmtpForm)>,
) -> impl IntoView {
    let id = field.name();
    let opened = state
        .form
        .with_untracked(|form| form.text(field).to_owned());
    let on_input = move |event| {
        let typed = event_target_value(&event);
        state.edit(|form| {
            form.set_text(field, typed);
            if let Some(then) = then {
                then(form);
            }
        });
    };
    view! {
        <div class=kind.class>
            <Label field />
            <input
                id=id
                name=["form[", id, "]"].concat()
                type=kind.input
                inputmode=kind.keyboard
                value=opened
                placeholder=wording::smtp_field_placeholder(field)
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-required=field.is_mandatory().then_some("true")
                aria-invalid=move || invalid(state, field)
                aria-describedby=described_by(field)
                prop:value=move || state.form.with(|form| form.text(field).to_owned())
                on:input=on_input
                on:blur=move |_| state.leave(field)
            />
            <Notes state field />
        </div>
    }
}

/// The label of a field, with a mark if it is mandatory.
#[component]
pub fn Label(field: SmtpField) -> impl IntoView {
    view! {
        <label for=field.name()>
            {wording::smtp_field_label(field)}
            {field
                .is_mandatory()
                .then(|| view! { " " <span class="mandatory" aria-hidden="true">"*"</span> })}
        </label>
    }
}

/// Error, warning, and help under a field.
#[component]
pub fn Notes(state: FormState, field: SmtpField) -> impl IntoView {
    let error = move || {
        state.error(field).map_or_else(String::new, |error| {
            wording::smtp_field_error(field, error).joined()
        })
    };
    let warning = move || {
        state
            .form
            .with(|form| form.warning(field))
            .map_or_else(String::new, |warning| {
                wording::field_warning(warning).joined()
            })
    };
    let id = field.name();
    let help = wording::smtp_field_help(field);
    view! {
        <p id=[id, "-error"].concat() class="error" hidden=move || error().is_empty()>
            {error}
        </p>
        <p id=[id, "-warning"].concat() class="warning" hidden=move || warning().is_empty()>
            {warning}
        </p>
        <p id=[id, "-help"].concat() class="help" hidden=help.is_empty()>
            {help}
        </p>
    }
}

/// The value of `aria-invalid`.
pub fn invalid(state: FormState, field: SmtpField) -> Option<&'static str> {
    state.error(field).map(|_| "true")
}

/// Returns the ids of the elements that describe a field. Screen readers ignore those that are
/// hidden.
pub fn described_by(field: SmtpField) -> String {
    let id = field.name();
    [id, "-error ", id, "-warning ", id, "-help"].concat()
}
