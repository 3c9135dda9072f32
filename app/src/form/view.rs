//! A form as its page renders it.

use super::{Field, FormId, FormResult};
use crate::request;

/// A form with its saved values, or with the values and errors of its last post.
#[derive(Clone)]
pub struct FormView<F: Field> {
    form: FormId,
    prefix: String,
    result: Option<FormResult<F>>,
}

impl<F: Field> FormView<F> {
    /// Returns the form, with its result if this request posted it.
    pub fn of(form: FormId) -> Self {
        let result = request::posted::<FormResult<F>>().filter(|result| result.form == form);
        Self {
            form,
            prefix: form.0.to_owned(),
            result,
        }
    }

    /// Returns the same form for one row of a list.
    pub fn of_row(&self, id: &str) -> Self {
        let result = self.result.clone().filter(|result| result.row == id);
        Self {
            form: self.form,
            prefix: [&self.prefix, "-", id].concat(),
            result,
        }
    }

    /// Returns the value of an input: the posted one, or the saved one if the posted form has no
    /// such input.
    pub fn value(&self, name: &str, saved: impl Into<String>) -> String {
        let posted = self.result.as_ref().and_then(|result| result.value(name));
        posted.map_or_else(|| saved.into(), str::to_owned)
    }

    /// Returns true if a checkbox is on. Browsers do not post one that is off.
    pub fn is_on(&self, name: &str, saved: bool) -> bool {
        match &self.result {
            Some(result) => result.value(name).is_some_and(|value| !value.is_empty()),
            None => saved,
        }
    }

    /// Returns the text of the error at a field.
    pub fn error(&self, field: F) -> Option<String> {
        let result = self.result.as_ref()?;
        let error = result.errors.get(field)?;
        let typed = result.value(field.name()).unwrap_or_default();
        Some(field.error_text(error, typed))
    }

    /// Returns the fields with errors, in the order of the page.
    pub fn wrong_fields(&self) -> Vec<F> {
        let errors = self.result.iter().flat_map(|result| result.errors.iter());
        errors.map(|(field, _)| field).collect()
    }

    /// Returns true if the page should focus a field: the first one with an error.
    pub fn is_first_wrong(&self, field: F) -> bool {
        self.wrong_fields().first() == Some(&field)
    }

    /// Returns the row that was posted.
    pub fn row(&self) -> Option<&str> {
        self.result.as_ref().map(|result| result.row.as_str())
    }

    /// Returns the reason that belongs to no field.
    pub fn problem(&self) -> Option<&F::Problem> {
        self.result.as_ref()?.problem.as_ref()
    }

    /// Returns true if the form was refused. Its secrets have to be entered again.
    pub fn was_refused(&self) -> bool {
        self.result.is_some()
    }

    /// Returns the id of an input.
    pub fn id_of(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            name.to_owned()
        } else {
            [&self.prefix, "-", name].concat()
        }
    }

    /// Returns the id of the banner with the problem of the form.
    pub fn problem_id(&self) -> String {
        if self.form == FormId::ONLY {
            "problem".to_owned()
        } else {
            [self.form.0, "-problem"].concat()
        }
    }

    /// Returns the ids of the elements that describe the input of a field.
    pub fn described_by(&self, field: F, has_help: bool) -> Option<String> {
        let id = self.id_of(field.name());
        let ids: Vec<_> = [
            (self.error(field).is_some(), [&id, "-error"].concat()),
            (self.problem().is_some(), self.problem_id()),
            (has_help, [&id, "-help"].concat()),
        ]
        .into_iter()
        .filter_map(|(is_there, id)| is_there.then_some(id))
        .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}
