//! The errors of a submitted message.

use std::collections::BTreeMap;

use domain::{FormErrors, MessageFieldError};

use super::MessageField;

/// The errors of a message, at most one for each field, with the addresses that are wrong as they
/// were written: a program that submits a list wants to know which of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageErrors {
    fields: FormErrors<MessageField, MessageFieldError>,
    addresses: BTreeMap<MessageField, String>,
}

impl MessageErrors {
    /// Returns the errors of a message with one error at one field.
    pub fn one(field: MessageField, error: MessageFieldError) -> Self {
        let mut errors = Self::default();
        errors.add(field, error);
        errors
    }

    pub(super) fn add(&mut self, field: MessageField, error: MessageFieldError) {
        self.fields.add(field, error);
    }

    /// Returns the value of a field, or adds its error.
    pub(super) fn check<T>(
        &mut self,
        field: MessageField,
        value: Result<T, impl Into<MessageFieldError>>,
    ) -> Option<T> {
        self.fields.check(field, value)
    }

    /// Returns a parsed address, or adds its error with the submitted address.
    pub(super) fn check_address<T>(
        &mut self,
        field: MessageField,
        written: &str,
        parsed: Result<T, impl Into<MessageFieldError>>,
    ) -> Option<T> {
        if parsed.is_err() {
            let entry = self.addresses.entry(field);
            entry.or_insert_with(|| written.to_owned());
        }
        self.fields.check(field, parsed)
    }

    pub(super) fn extend(&mut self, others: Self) {
        for (field, error) in others.fields.iter() {
            self.fields.add(field, error);
        }
        self.addresses.extend(others.addresses);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All errors in the order of the fields; at addresses with the address as it was written.
    pub fn iter(&self) -> impl Iterator<Item = (MessageField, MessageFieldError, Option<&str>)> {
        let errors = self.fields.iter();
        errors.map(|(field, error)| {
            let address = self.addresses.get(&field).map(String::as_str);
            (field, error, address)
        })
    }
}
