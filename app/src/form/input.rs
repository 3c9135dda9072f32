//! Fields as the server renders them: label, input, error, and help.

use leptos::prelude::*;

use super::{Field, FormView};

/// Kind of text that an input takes.
#[derive(Clone, Copy)]
pub struct InputKind {
    class: &'static str,
    input: &'static str,
    keyboard: Option<&'static str>,
    autocomplete: &'static str,
    is_required: bool,
    is_secret: bool,
    /// Asks for the value again after the form was refused.
    is_asked_again: bool,
}

impl InputKind {
    /// Name of an account that signs in.
    pub const USERNAME: Self = Self {
        is_required: true,
        ..Self::of("text", "username")
    };
    /// Any name.
    pub const NAME: Self = Self {
        is_required: true,
        ..Self::of("text", "off")
    };
    /// Password that is in use.
    pub const PASSWORD: Self = Self::secret("current-password");
    /// New password.
    pub const NEW_PASSWORD: Self = Self::secret("new-password");
    /// Secret that is saved and never shown.
    pub const SECRET: Self = Self {
        is_required: false,
        is_asked_again: true,
        ..Self::secret("new-password")
    };
    /// Email address.
    pub const EMAIL: Self = Self::of("email", "off");
    /// Any text, which may be empty.
    pub const TEXT: Self = Self::of("text", "off");
    /// Whole number.
    pub const NUMBER: Self = Self {
        keyboard: Some("numeric"),
        ..Self::of("text", "off")
    };
    /// Whole number, in a narrow field beside others.
    pub const NARROW_NUMBER: Self = Self {
        class: "field field-number",
        ..Self::NUMBER
    };
    /// Day.
    pub const DAY: Self = Self::of("date", "off");

    const fn of(input: &'static str, autocomplete: &'static str) -> Self {
        Self {
            class: "field",
            input,
            keyboard: None,
            autocomplete,
            is_required: false,
            is_secret: false,
            is_asked_again: false,
        }
    }

    const fn secret(autocomplete: &'static str) -> Self {
        Self {
            is_required: true,
            is_secret: true,
            ..Self::of("password", autocomplete)
        }
    }
}

/// Frame of a field: its label, the control, its error, its help, and further notes.
#[component]
pub fn FieldFrame(
    id: String,
    label: &'static str,
    #[prop(default = "field")] class: &'static str,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(optional)] help: &'static str,
    #[prop(optional)] notes: Option<Children>,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class=class>
            <label for=id.clone()>{label}</label>
            {children()}
            <ErrorText id=id.clone() error />
            <HelpText id help />
            {notes.map(|notes| notes())}
        </div>
    }
}

/// A line of text. A secret is never rendered. `focus` sets the focus, unless another field has an
/// error.
#[component]
pub fn InputField<F: Field>(
    form: FormView<F>,
    field: F,
    label: &'static str,
    kind: InputKind,
    #[prop(optional, into)] saved: String,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] help: &'static str,
    #[prop(optional)] focus: bool,
) -> impl IntoView {
    let name = field.name();
    let id = form.id_of(name);
    let error = form.error(field);
    let value = (!kind.is_secret).then(|| form.value(name, saved));
    let again = kind.is_asked_again && error.is_none() && form.was_refused();
    view! {
        <FieldFrame id=id.clone() label class=kind.class error=error.clone() help>
            <input
                id=id
                name=name
                type=kind.input
                inputmode=kind.keyboard
                value=value
                placeholder=placeholder
                autocomplete=kind.autocomplete
                autocapitalize="none"
                spellcheck="false"
                required=kind.is_required
                autofocus=form.is_first_wrong(field) || focus
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=form.described_by(field, !help.is_empty())
            />
            {again
                .then(|| {
                    view! {
                        <p class="warning">
                            "If you entered a value here, enter it again. Mailgrant does not send secrets back to the page."
                        </p>
                    }
                })}
        </FieldFrame>
    }
}

/// Several lines of text, with further notes as children.
#[component]
pub fn TextAreaField<F: Field>(
    form: FormView<F>,
    field: F,
    label: &'static str,
    saved: String,
    help: &'static str,
    children: Children,
) -> impl IntoView {
    let name = field.name();
    let id = form.id_of(name);
    let error = form.error(field);
    let typed = form.value(name, saved);
    let rows = typed.lines().count().clamp(3, 12).to_string();
    view! {
        <FieldFrame id=id.clone() label error=error.clone() help notes=children>
            <textarea
                id=id
                name=name
                rows=rows
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                autofocus=form.is_first_wrong(field)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=form.described_by(field, true)
            >
                // The parser of HTML drops a line break that comes first.
                {["\n", &typed].concat()}
            </textarea>
        </FieldFrame>
    }
}

/// A switch.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn SwitchField<F: Field>(
    form: FormView<F>,
    name: &'static str,
    label: &'static str,
    saved: bool,
    help: &'static str,
) -> impl IntoView {
    let id = form.id_of(name);
    view! {
        <div class="field toggle-field">
            <label class="toggle" for=id.clone()>
                <input
                    id=id.clone()
                    name=name
                    type="checkbox"
                    role="switch"
                    value="on"
                    checked=form.is_on(name, saved)
                    aria-describedby=[&id, "-help"].concat()
                />
                <span>{label}</span>
            </label>
            <HelpText id help />
        </div>
    }
}

/// A choice from a list. The first option is empty and stands for no choice.
#[component]
pub fn SelectField<F: Field>(
    form: FormView<F>,
    field: F,
    label: &'static str,
    empty: &'static str,
    /// Values and labels.
    options: Vec<(String, String)>,
    #[prop(optional, into)] saved: String,
    #[prop(optional)] help: &'static str,
) -> impl IntoView {
    let name = field.name();
    let id = form.id_of(name);
    let error = form.error(field);
    let chosen = form.value(name, saved);
    let option = move |(value, label): (String, String)| {
        let is_chosen = value == chosen;
        view! {
            <option value=value selected=is_chosen>
                {label}
            </option>
        }
    };
    view! {
        <FieldFrame id=id.clone() label error=error.clone() help>
            <select
                id=id
                name=name
                autocomplete="off"
                autofocus=form.is_first_wrong(field)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=form.described_by(field, !help.is_empty())
            >
                <option value="">{empty}</option>
                {options.into_iter().map(option).collect_view()}
            </select>
        </FieldFrame>
    }
}

/// A group of radio buttons.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn RadioField<F: Field>(
    form: FormView<F>,
    field: F,
    label: &'static str,
    saved: &'static str,
    /// Values, labels, and help texts.
    options: Vec<(&'static str, &'static str, &'static str)>,
) -> impl IntoView {
    let name = field.name();
    let id = form.id_of(name);
    let error = form.error(field);
    let chosen = form.value(name, saved);
    let focus = form.is_first_wrong(field);
    let invalid = error.is_some().then_some("true");
    let base = id.clone();
    let option =
        |(number, (value, label, about)): (usize, (&'static str, &'static str, &'static str))| {
            let label = if about.is_empty() {
                label.into_any()
            } else {
                view! {
                    <strong>{label}</strong>
                    " "
                    {about}
                }
                .into_any()
            };
            view! {
                <label class="radio">
                    <input
                        type="radio"
                        name=name
                        id=[&*base, "-", value].concat()
                        value=value
                        checked=value == chosen
                        autofocus=focus && number == 0
                    />
                    <span>{label}</span>
                </label>
            }
        };
    view! {
        <fieldset
            class="field choice"
            aria-invalid=invalid
            aria-describedby=form.described_by(field, false)
        >
            <legend>{label}</legend>
            <div class="radios one-each">
                {options.into_iter().enumerate().map(option).collect_view()}
            </div>
            <ErrorText id error />
        </fieldset>
    }
}

/// The error of the field with this id.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn ErrorText(id: String, error: Option<String>) -> impl IntoView {
    error.map(|error| {
        view! {
            <p id=[&id, "-error"].concat() class="error">
                {error}
            </p>
        }
    })
}

/// The help of the field with this id, if it has any.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn HelpText(id: String, help: &'static str) -> impl IntoView {
    (!help.is_empty()).then(|| {
        view! {
            <p id=[&id, "-help"].concat() class="help">
                {help}
            </p>
        }
    })
}
