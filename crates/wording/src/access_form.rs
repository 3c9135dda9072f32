//! Texts of the forms about accounts, passwords, and API keys.

use domain::{FieldError, access::AccessField};

use crate::{Words, field_error, words};

/// Returns the text of an error at a field of a form about access.
pub fn access_field_error(field: AccessField, error: FieldError) -> Words {
    match (field, error) {
        (AccessField::Scopes, FieldError::Required) => words(
            "Nothing is chosen, so the key could not be used.",
            "Choose at least one.",
        ),
        (_, error) => field_error(error, None),
    }
}

/// The rule for passwords, shown before one is typed.
pub const PASSWORD_RULE: &str = "At least 12 characters, and not easy to guess. Several words that do not belong \
together are good; a password manager makes better ones.";
