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
        (_, FieldError::NotAUserName) => words(
            "There is a character in it that no user name has.",
            "Use letters without accents, digits and . _ - + @.",
        ),
        (_, FieldError::PasswordTooShort) => words(
            "A password has at least 12 characters.",
            "Several words that do not belong together are long and easy to type.",
        ),
        (_, FieldError::PasswordGuessable) => words(
            "This password would be guessed soon.",
            "Take several words that do not belong together, or let a password manager make one.",
        ),
        (_, FieldError::PasswordsDiffer) => words(
            "The password was typed differently the second time.",
            "Type both again.",
        ),
        (_, FieldError::PasswordWrong) => words(
            "This is not the present password.",
            "Type it again. An administrator can make a link to choose a new one.",
        ),
        (_, FieldError::LastAdministrator) => words(
            "This is the only administrator who can sign in.",
            "Make another account an administrator first.",
        ),
        (_, FieldError::NotADate) => NOT_A_DAY,
        (_, FieldError::InThePast) => words("This day has passed.", "Choose a later one, or none."),
        (_, error) => field_error(error, None),
    }
}

/// The text of an invalid date.
pub(crate) const NOT_A_DAY: Words = words("This is not a day.", "Write it like 2027-01-31.");

/// The rule for passwords, shown before one is typed.
pub const PASSWORD_RULE: &str = "At least 12 characters, and not easy to guess. Several words that do not belong \
together are good; a password manager makes better ones.";
