//! The codes of fields in the words of the command line.

use domain::{DataCenterId, FieldError, FormErrors, access::AccessField};

/// The errors of a form in one line.
pub fn of_form(errors: &FormErrors<AccessField>) -> String {
    let texts: Vec<_> = errors
        .iter()
        .map(|(field, error)| format!("the {} {}", name(field), of(error)))
        .collect();
    texts.join(", and ")
}

/// What is wrong, after the name of what it is wrong with.
pub fn of(error: FieldError) -> &'static str {
    match error {
        FieldError::Required => "is missing",
        FieldError::TooLong => "is too long",
        FieldError::NotAUserName => {
            "may have letters from a to z, digits and . _ - + @, and nothing else"
        }
        FieldError::NameTaken => "is taken by another account",
        FieldError::PasswordTooShort => "has fewer than 12 characters",
        FieldError::PasswordGuessable => "is guessed too soon; take a longer or less usual one",
        FieldError::LastAdministrator => {
            "is that of the last administrator; make another administrator first"
        }
        FieldError::UnknownChoice => "is not one of those there are",
        FieldError::ControlCharacter => "holds a character that is not printed",
        _ => "is not valid",
    }
}

/// IDs in one line.
pub fn list(ids: &[DataCenterId]) -> String {
    let ids: Vec<_> = ids.iter().map(DataCenterId::as_str).collect();
    ids.join(", ")
}

fn name(field: AccessField) -> &'static str {
    match field {
        AccessField::Name => "name",
        AccessField::Current | AccessField::Password | AccessField::Repeated => "password",
        AccessField::Role => "role",
        AccessField::Scopes => "scope",
        AccessField::DataCenter => "data center",
        AccessField::Expires => "last day",
    }
}
