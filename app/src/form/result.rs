//! The result of a form that was posted and refused.

use domain::FormErrors;

use super::Field;

/// A form of a page. Prefixes the ids of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormId(pub &'static str);

impl FormId {
    /// The only form of its page, whose fields have their names as ids.
    pub const ONLY: Self = Self("");
}

/// A form that was posted and refused: its values and the reasons. Holds no secret.
#[derive(Clone, Debug)]
pub struct FormResult<F: Field> {
    /// The form.
    pub form: FormId,
    /// The row that the form belongs to, such as the id of an account, or empty.
    pub row: String,
    /// Values by the names of their inputs.
    pub values: Vec<(String, String)>,
    /// Errors at fields.
    pub errors: FormErrors<F, F::Error>,
    /// Reason that belongs to no field.
    pub problem: Option<F::Problem>,
}

impl<F: Field> FormResult<F> {
    /// Returns the value of an input; `None` if the form has no such input.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut values = self.values.iter();
        values
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}
