//! Fields of the form about sending, as the server shows them for the first time or again.

use domain::{FormErrors, SendingField, SendingForm};
use leptos::prelude::*;

use crate::ui::entry::Wrong;

/// What stands in the form, and what is wrong with it.
#[derive(Clone)]
pub struct Filled {
    /// What was typed, or is saved.
    pub form: SendingForm,
    /// What is wrong with it.
    pub errors: FormErrors<SendingField>,
}

impl Filled {
    fn error(&self, field: SendingField) -> Option<String> {
        let error = self.errors.get(field)?;
        Some(wording::sending_field_error(field, error, &self.form))
    }

    fn is_first_wrong(&self, field: SendingField) -> bool {
        self.errors
            .iter()
            .next()
            .is_some_and(|(first, _)| first == field)
    }
}

/// A number; `placeholder` is what counts while it is empty.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Number(filled: Filled, field: SendingField, placeholder: String) -> impl IntoView {
    let id = field.name();
    let error = filled.error(field);
    view! {
        <div class="field field-number">
            <label for=id>{wording::sending_field_label(field)}</label>
            <input
                id=id
                name=id
                type="text"
                inputmode="numeric"
                value=filled.form.text(field).to_owned()
                placeholder=placeholder
                autocomplete="off"
                autofocus=filled.is_first_wrong(field)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by(id, error.is_some())
            />
            <Notes field error />
        </div>
    }
}

/// Addresses, one on each line. `own` is the From address of the SMTP settings.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Addresses(filled: Filled, own: String) -> impl IntoView {
    let field = SendingField::AllowedFrom;
    let id = field.name();
    let error = filled.error(field);
    let typed = filled.form.text(field).to_owned();
    let rows = typed.lines().count().clamp(3, 12).to_string();
    view! {
        <div class="field">
            <label for=id>{wording::sending_field_label(field)}</label>
            <textarea
                id=id
                name=id
                rows=rows
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                autofocus=filled.is_first_wrong(field)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by(id, error.is_some())
            >
                // The parser of HTML drops a line break that comes first.
                {["\n", &typed].concat()}
            </textarea>
            <Notes field error />
            {(!own.is_empty())
                .then(|| {
                    view! {
                        <p class="help">
                            "The From address of the SMTP settings may always be used: " {own} "."
                        </p>
                    }
                })}
        </div>
    }
}

/// Whether contents are dropped.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn DropContent(filled: Filled) -> impl IntoView {
    let field = SendingField::DropContent;
    let id = field.name();
    view! {
        <div class="field toggle-field">
            <label class="toggle" for=id>
                <input
                    id=id
                    name=id
                    type="checkbox"
                    role="switch"
                    value="on"
                    checked=!filled.form.text(field).is_empty()
                    aria-describedby=described_by(id, false)
                />
                <span>{wording::sending_field_label(field)}</span>
            </label>
            <Notes field error=None />
        </div>
    }
}

#[component]
fn Notes(field: SendingField, error: Option<String>) -> impl IntoView {
    let id = field.name();
    view! {
        <Wrong id=id.to_owned() error />
        <p id=[id, "-help"].concat() class="help">
            {wording::sending_field_help(field)}
        </p>
    }
}

fn described_by(id: &str, is_wrong: bool) -> String {
    let error = if is_wrong {
        [id, "-error "].concat()
    } else {
        String::new()
    };
    [&*error, id, "-help"].concat()
}
