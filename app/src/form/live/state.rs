//! The state of the settings form while it is edited.

use domain::{FieldError, FormErrors, SavedSecret, SecretField, SmtpField, SmtpForm, SmtpSettings};
use leptos::prelude::*;

/// The form as typed, as it opened, and what is known to be wrong with it.
#[derive(Clone, Copy)]
pub struct FormState {
    /// As typed.
    pub form: RwSignal<SmtpForm>,
    /// As it opened, or was saved last.
    pub opened: RwSignal<SmtpForm>,
    /// As the last preset filled it in, or as it opened.
    pub filled: RwSignal<SmtpForm>,
    /// The settings that are saved.
    pub saved: RwSignal<Option<SmtpSettings<SavedSecret>>>,
    /// The redirect URL as the server sees it.
    pub expected_redirect: StoredValue<String>,
    /// The errors of the form as typed.
    pub parsed: Memo<FormErrors<SmtpField>>,
    /// The form differs from what is saved.
    pub dirty: Memo<bool>,
    left: RwSignal<Vec<SmtpField>>,
    submitted: RwSignal<bool>,
    refused: RwSignal<FormErrors<SmtpField>>,
}

impl FormState {
    /// The state of a form as it opens. `typed` is a draft, which was `refused` or not.
    pub fn new(
        opened: SmtpForm,
        typed: Option<SmtpForm>,
        refused: bool,
        saved: Option<SmtpSettings<SavedSecret>>,
    ) -> Self {
        let form = RwSignal::new(typed.unwrap_or_else(|| opened.clone()));
        let expected_redirect = StoredValue::new(opened.redirect_url.clone());
        let (opened, saved) = (RwSignal::new(opened), RwSignal::new(saved));
        let parsed = Memo::new(move |_| {
            saved.with(|saved| {
                form.with(|form| form.parse(saved.as_ref()).err().unwrap_or_default())
            })
        });
        let dirty =
            Memo::new(move |_| opened.with(|opened| form.with(|form| form.differs_from(opened))));
        Self {
            form,
            opened,
            filled: RwSignal::new(opened.get_untracked()),
            saved,
            expected_redirect,
            parsed,
            dirty,
            left: RwSignal::default(),
            submitted: RwSignal::new(refused),
            refused: RwSignal::default(),
        }
    }

    /// The error to show at a field: not before it was left or the form was submitted.
    pub fn error(&self, field: SmtpField) -> Option<FieldError> {
        let refused = self.refused.with(|errors| errors.get(field));
        let parsed = || self.parsed.with(|errors| errors.get(field));
        let shows_at_once = |error: &FieldError| *error == FieldError::SecretBelongsElsewhere;
        let left = self.submitted.get() || self.left.with(|left| left.contains(&field));
        refused
            .or_else(|| parsed().filter(|error| left || shows_at_once(error)))
            .or_else(|| self.redirect_error(field))
    }

    fn redirect_error(&self, field: SmtpField) -> Option<FieldError> {
        let expected = self.expected_redirect.get_value();
        let differs = || {
            self.form
                .with(|form| form.uses_oauth() && form.redirect_url != expected)
        };
        (field == SmtpField::RedirectUrl && differs()).then_some(FieldError::RedirectUrlMismatch)
    }

    /// All errors that are shown, in the order of the page.
    pub fn errors(&self) -> Vec<(SmtpField, FieldError)> {
        SmtpField::ALL
            .iter()
            .filter_map(|field| self.error(*field).map(|error| (*field, error)))
            .collect()
    }

    /// A field was left.
    pub fn leave(&self, field: SmtpField) {
        if !self.left.with_untracked(|left| left.contains(&field)) {
            self.left.update(|left| left.push(field));
        }
    }

    /// Something was typed: what the server said about it no longer counts.
    pub fn edit(&self, change: impl FnOnce(&mut SmtpForm)) {
        if !self.refused.with_untracked(FormErrors::is_empty) {
            self.refused.set(FormErrors::default());
        }
        self.form.update(change);
    }

    /// The form was submitted: all errors are shown. The first wrong field, if there is one.
    pub fn submit(&self) -> Option<SmtpField> {
        self.submitted.set(true);
        self.refused.set(FormErrors::default());
        self.parsed
            .with_untracked(|errors| errors.iter().next().map(|(field, _)| field))
    }

    /// The server refused. The first wrong field.
    pub fn refuse(&self, errors: FormErrors<SmtpField>) -> Option<SmtpField> {
        let first = errors.iter().next().map(|(field, _)| field);
        self.submitted.set(true);
        self.refused.set(errors);
        first
    }

    /// Marks the form as saved with this version.
    pub fn mark_saved(&self, version: i64) {
        let form = self.form.get_untracked();
        let settings = self
            .saved
            .with_untracked(|saved| form.parse(saved.as_ref()).ok());
        let form = SmtpForm {
            version,
            ..form.without_secrets()
        };
        self.saved.set(settings.map(SmtpSettings::without_secrets));
        self.submitted.set(false);
        self.left.set(Vec::new());
        self.opened.set(form.clone());
        self.filled.set(form.clone());
        self.form.set(form);
    }

    /// Returns true if a secret is saved.
    pub fn is_saved(&self, field: SecretField) -> bool {
        self.saved.with(|saved| {
            saved
                .as_ref()
                .is_some_and(|saved| saved.secret(field).is_some())
        })
    }

    /// Returns true if saving would end the grant for the saved settings, also while other fields are wrong.
    pub fn would_end_grant(&self) -> bool {
        let held = self
            .saved
            .with(|saved| saved.as_ref().and_then(SmtpSettings::grant_binding));
        held.is_some_and(|held| self.form.with(|form| !form.keeps_grant(&held)))
    }
}
