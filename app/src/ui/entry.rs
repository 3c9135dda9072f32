//! One field of the forms about access: label, input, its error, its help.

use domain::access::AccessField;
use leptos::prelude::*;

use crate::ui::sheet::Sheet;

/// What is typed into a field: type of the input, what password managers fill in, whether it may be left empty.
#[derive(Clone, Copy)]
pub struct EntryKind {
    input: &'static str,
    autocomplete: &'static str,
    is_secret: bool,
    is_required: bool,
}

impl EntryKind {
    /// A user name that signs in here.
    pub const USERNAME: Self = Self::of("text", "username");
    /// Any name.
    pub const NAME: Self = Self::of("text", "off");
    /// The password that is in use.
    pub const PASSWORD: Self = Self::secret("current-password");
    /// A password that is chosen.
    pub const NEW_PASSWORD: Self = Self::secret("new-password");
    /// A day, or none.
    pub const DAY: Self = Self {
        is_required: false,
        ..Self::of("date", "off")
    };

    const fn of(input: &'static str, autocomplete: &'static str) -> Self {
        Self {
            input,
            autocomplete,
            is_secret: false,
            is_required: true,
        }
    }

    const fn secret(autocomplete: &'static str) -> Self {
        Self {
            is_secret: true,
            ..Self::of("password", autocomplete)
        }
    }
}

/// A field. `focus`: the page opens with it, unless another one is wrong.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Entry(
    sheet: Sheet,
    field: AccessField,
    label: &'static str,
    kind: EntryKind,
    #[prop(optional)] help: &'static str,
    #[prop(optional)] focus: bool,
) -> impl IntoView {
    let name = field.name();
    let id = sheet.id_of(name);
    let error = sheet.error(field);
    let value = (!kind.is_secret).then(|| sheet.typed(name));
    let autofocus = sheet.is_first_wrong(field) || focus;
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id.clone()
                name=name
                type=kind.input
                value=value
                autocomplete=kind.autocomplete
                autocapitalize="none"
                spellcheck="false"
                required=kind.is_required
                autofocus=autofocus
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=sheet.described_by(field, !help.is_empty())
            />
            <Wrong id=id.clone() error />
            <Help id help />
        </div>
    }
}

/// The error of the field with this id.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Wrong(id: String, error: Option<String>) -> impl IntoView {
    error.map(|error| {
        view! {
            <p id=[&id, "-error"].concat() class="error">
                {error}
            </p>
        }
    })
}

/// The help of the field with this id, unless it needs none.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Help(id: String, help: &'static str) -> impl IntoView {
    (!help.is_empty()).then(|| {
        view! {
            <p id=[&id, "-help"].concat() class="help">
                {help}
            </p>
        }
    })
}
