//! Fields of forms, with the texts of their errors.

use domain::{
    FieldError, SendingField, SendingForm,
    access::{AccessField, AccessProblem},
    alert::{AlertField, AlertFormProblem},
};

use crate::error::ApiError;

/// A field of a form.
pub trait Field: Copy + Ord + Send + Sync + 'static {
    /// Reason to refuse a form that belongs to none of its fields.
    type Problem: Clone + Send + Sync + 'static;

    /// Returns the name of the input.
    fn name(self) -> &'static str;

    /// Returns the text of an error in the value `typed`.
    fn error_text(self, error: FieldError, typed: &str) -> String;
}

/// A problem that a banner explains.
pub trait Problem {
    /// Returns the cause and the fix.
    fn words(&self) -> (&'static str, String);
}

impl Field for AccessField {
    type Problem = AccessProblem;

    fn name(self) -> &'static str {
        self.name()
    }

    fn error_text(self, error: FieldError, _typed: &str) -> String {
        wording::access_field_error(self, error).joined()
    }
}

impl Problem for AccessProblem {
    fn words(&self) -> (&'static str, String) {
        wording::access_problem(*self)
    }
}

impl Field for AlertField {
    type Problem = AlertFormProblem;

    fn name(self) -> &'static str {
        self.name()
    }

    fn error_text(self, error: FieldError, _typed: &str) -> String {
        wording::alert_field_error(self, error).joined()
    }
}

impl Problem for AlertFormProblem {
    fn words(&self) -> (&'static str, String) {
        let words = wording::alert_form_problem(*self);
        (words.cause, words.fix.to_owned())
    }
}

/// Reason to refuse the form about sending that belongs to none of its fields.
#[derive(Clone, Debug)]
pub enum SendingProblem {
    /// Another administrator saved since the form was opened.
    Conflict {
        /// Version that is saved now.
        version: i64,
    },
    /// Another failure.
    Other(ApiError),
}

impl Field for SendingField {
    type Problem = SendingProblem;

    fn name(self) -> &'static str {
        self.name()
    }

    fn error_text(self, error: FieldError, typed: &str) -> String {
        // The words name the first address that is wrong.
        let form = SendingForm {
            allowed_from: typed.to_owned(),
            ..SendingForm::default()
        };
        wording::sending_field_error(self, error, &form)
    }
}
