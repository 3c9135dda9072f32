//! Errors of a form: at most one code per field. `wording` has their texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Errors `E` of a form with the fields `F`, at most one per field, in the order of the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormErrors<F: Ord, E>(BTreeMap<F, E>);

impl<F: Ord, E> Default for FormErrors<F, E> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<F: Ord + Copy, E: Copy> FormErrors<F, E> {
    /// Returns errors with a single entry.
    pub fn one(field: F, error: E) -> Self {
        let mut errors = Self::default();
        errors.add(field, error);
        errors
    }

    /// Adds an error. An earlier error of the same field is kept.
    pub fn add(&mut self, field: F, error: E) {
        self.0.entry(field).or_insert(error);
    }

    /// Returns the value of a field. If it is an error, records it and returns `None`.
    pub fn check<T>(&mut self, field: F, value: Result<T, impl Into<E>>) -> Option<T> {
        value.map_err(|error| self.add(field, error.into())).ok()
    }

    /// Returns the error of a field.
    pub fn get(&self, field: F) -> Option<E> {
        self.0.get(&field).copied()
    }

    /// Returns true if there are no errors.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns all errors, in the order of the fields.
    pub fn iter(&self) -> impl Iterator<Item = (F, E)> {
        self.0.iter().map(|(field, error)| (*field, *error))
    }

    /// Converts each error.
    pub fn map<T>(self, convert: impl Fn(E) -> T) -> FormErrors<F, T> {
        let converted = self.0.into_iter();
        FormErrors(
            converted
                .map(|(field, error)| (field, convert(error)))
                .collect(),
        )
    }
}
