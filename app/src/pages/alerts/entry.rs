//! Fields of the forms about alerts, as the server shows them for the first time or again.

use domain::alert::AlertField;
use leptos::prelude::*;

use crate::{
    posted_alerts::{AlertsForm, AlertsPosted},
    ui::entry::{Help, Wrong},
};

/// A form with what became of it when it was posted just now. `prefix` tells the forms of the page apart.
#[derive(Clone)]
pub struct Filled {
    prefix: String,
    posted: Option<AlertsPosted>,
}

impl Filled {
    pub fn of(posted: Option<AlertsPosted>, form: AlertsForm) -> Self {
        let prefix = match form {
            AlertsForm::Settings => "alerts",
            AlertsForm::AddRoute => "add-route",
            AlertsForm::Route => "route",
            AlertsForm::MailHook => "mail-hook",
        };
        let posted = posted.filter(|posted| posted.form == form);
        let prefix = prefix.to_owned();
        Self { prefix, posted }
    }

    /// The same, when it is about one of several routes or data centers.
    pub fn about(&self, id: &str) -> Self {
        let posted = self.posted.clone().filter(|posted| posted.about == id);
        let prefix = [&self.prefix, "-", id].concat();
        Self { prefix, posted }
    }

    /// What was posted.
    pub fn posted(&self) -> Option<&AlertsPosted> {
        self.posted.as_ref()
    }

    /// What was typed into an input, or what is saved where the posted form has no such input.
    pub fn typed(&self, name: &str, saved: impl Into<String>) -> String {
        let posted = self.posted.as_ref();
        let typed = posted.and_then(|posted| posted.typed.iter().find(|(known, _)| known == name));
        typed.map_or_else(|| saved.into(), |(_, typed)| typed.clone())
    }

    /// Returns true if the form was refused, so that its secrets have to be typed again.
    pub fn was_refused(&self) -> bool {
        let refused = |posted: &AlertsPosted| !posted.errors.is_empty() || posted.problem.is_some();
        self.posted.as_ref().is_some_and(refused)
    }

    /// Whether a checkbox is on.
    pub fn is_on(&self, name: &str, saved: bool) -> bool {
        match &self.posted {
            Some(posted) => !posted.typed(name).is_empty(),
            None => saved,
        }
    }

    /// What is wrong with a field.
    pub fn error(&self, field: AlertField) -> Option<String> {
        let error = self.posted.as_ref()?.errors.get(field)?;
        Some(wording::alert_field_error(field, error).joined())
    }

    /// Whether a field is the one to go to: the first wrong one.
    pub fn is_first_wrong(&self, field: AlertField) -> bool {
        self.posted.as_ref().is_some_and(|posted| {
            posted.errors.iter().next().map(|(first, _)| first) == Some(field)
        })
    }

    /// The id of an input.
    pub fn id_of(&self, name: &str) -> String {
        [&self.prefix, "-", name].concat()
    }
}

/// What an input takes.
#[derive(Clone, Copy)]
pub enum Kind {
    Secret,
    Email,
    Number,
}

/// A field. A secret never comes back.
#[component]
#[expect(
    clippy::needless_pass_by_value,
    reason = "a component owns what it shows"
)]
pub fn Entry(
    filled: Filled,
    field: AlertField,
    kind: Kind,
    #[prop(optional, into)] saved: String,
    #[prop(optional)] help: &'static str,
    #[prop(optional)] disabled: bool,
) -> impl IntoView {
    let name = field.name();
    let id = filled.id_of(name);
    let error = filled.error(field);
    let (input, mode) = match kind {
        Kind::Secret => ("password", None),
        Kind::Email => ("email", None),
        Kind::Number => ("text", Some("numeric")),
    };
    let is_secret = matches!(kind, Kind::Secret);
    let value = (!is_secret).then(|| filled.typed(name, saved));
    let again = is_secret && error.is_none() && filled.was_refused();
    let described = described_by(&id, error.is_some(), !help.is_empty());
    view! {
        <div class="field">
            <label for=id.clone()>{wording::alert_field_label(field)}</label>
            <input
                id=id.clone()
                name=name
                type=input
                inputmode=mode
                value=value
                autocomplete=if is_secret { "new-password" } else { "off" }
                autocapitalize="none"
                spellcheck="false"
                disabled=disabled
                autofocus=filled.is_first_wrong(field)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            <Wrong id=id.clone() error />
            {again
                .then(|| {
                    view! {
                        <p class="warning">
                            "If you entered a value here, enter it again. Mailgrant does not send secrets back to the page."
                        </p>
                    }
                })}
            <Help id help />
        </div>
    }
}

/// The elements that describe an input.
pub fn described_by(id: &str, is_wrong: bool, has_help: bool) -> Option<String> {
    let ids: Vec<_> = [(is_wrong, "-error"), (has_help, "-help")]
        .into_iter()
        .filter(|(is_there, _)| *is_there)
        .map(|(_, suffix)| [id, suffix].concat())
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}
