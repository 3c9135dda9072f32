//! State of the settings form while it is edited.

use domain::{
    SavedSecret, SecretField, SmtpField, SmtpForm, SmtpFormError, SmtpFormErrors, SmtpSettings,
};
use leptos::prelude::*;

/// The form with its typed values, its saved values, and its errors.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Typed values.
    pub form: RwSignal<SmtpForm>,
    /// Values when the form was opened, or last saved.
    pub opened: RwSignal<SmtpForm>,
    /// Values that the last preset filled in, or those when the form was opened.
    pub filled: RwSignal<SmtpForm>,
    /// Saved settings.
    pub saved: RwSignal<Option<SmtpSettings<SavedSecret>>>,
    /// Redirect URL as the server sees it.
    pub expected_redirect: StoredValue<String>,
    /// Errors in the typed values.
    pub parsed: Memo<SmtpFormErrors>,
    /// True if the form differs from what is saved.
    pub dirty: Memo<bool>,
    left: RwSignal<Vec<SmtpField>>,
    submitted: RwSignal<bool>,
    refused: RwSignal<SmtpFormErrors>,
}

impl FormState {
    /// Returns the state of a form when it is opened. `typed` is a draft, which may have been
    /// `refused`.
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

    /// Returns the error to show at a field. Errors appear when the field loses focus, or the form
    /// is submitted.
    pub fn error(&self, field: SmtpField) -> Option<SmtpFormError> {
        let refused = self.refused.with(|errors| errors.get(field));
        let parsed = || self.parsed.with(|errors| errors.get(field));
        let is_immediate = |error: &SmtpFormError| *error == SmtpFormError::SecretBelongsElsewhere;
        let left = self.submitted.get() || self.left.with(|left| left.contains(&field));
        refused
            .or_else(|| parsed().filter(|error| left || is_immediate(error)))
            .or_else(|| self.redirect_error(field))
    }

    fn redirect_error(&self, field: SmtpField) -> Option<SmtpFormError> {
        let expected = self.expected_redirect.get_value();
        let differs = || {
            self.form
                .with(|form| form.uses_oauth() && form.redirect_url != expected)
        };
        (field == SmtpField::RedirectUrl && differs()).then_some(SmtpFormError::RedirectUrlMismatch)
    }

    /// Returns all errors that are shown, in the order of the page.
    pub fn errors(&self) -> Vec<(SmtpField, SmtpFormError)> {
        SmtpField::ALL
            .iter()
            .filter_map(|field| self.error(*field).map(|error| (*field, error)))
            .collect()
    }

    /// Marks a field as left, so its error is shown.
    pub fn leave(&self, field: SmtpField) {
        if !self.left.with_untracked(|left| left.contains(&field)) {
            self.left.update(|left| left.push(field));
        }
    }

    /// Changes the form. The errors that the server reported are no longer shown.
    pub fn edit(&self, change: impl FnOnce(&mut SmtpForm)) {
        if !self.refused.with_untracked(SmtpFormErrors::is_empty) {
            self.refused.set(SmtpFormErrors::default());
        }
        self.form.update(change);
    }

    /// Shows all errors. Returns the first field with an error.
    pub fn submit(&self) -> Option<SmtpField> {
        self.submitted.set(true);
        self.refused.set(SmtpFormErrors::default());
        self.parsed
            .with_untracked(|errors| errors.iter().next().map(|(field, _)| field))
    }

    /// Shows the errors that the server reported. Returns the first field with an error.
    pub fn refuse(&self, errors: SmtpFormErrors) -> Option<SmtpField> {
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

    /// Returns true if saving would end the grant for the saved settings, even if other fields have
    /// errors.
    pub fn would_end_grant(&self) -> bool {
        let held = self
            .saved
            .with(|saved| saved.as_ref().and_then(SmtpSettings::grant_binding));
        held.is_some_and(|held| self.form.with(|form| !form.keeps_grant(&held)))
    }
}
