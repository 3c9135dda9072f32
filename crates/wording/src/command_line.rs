//! Errors of forms about access, as the command line reports them.

use domain::{FieldError, FormErrors, access::AccessField};

/// Returns the errors of a form in one line.
pub fn command_line_errors(errors: &FormErrors<AccessField>) -> String {
    let texts: Vec<_> = errors
        .iter()
        .map(|(field, error)| format!("the {} {}", field_name(field), command_line_error(error)))
        .collect();
    texts.join(", and ")
}

/// Returns an error, as it follows the name of its field.
pub fn command_line_error(error: FieldError) -> &'static str {
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

fn field_name(field: AccessField) -> &'static str {
    match field {
        AccessField::Name => "name",
        AccessField::Current | AccessField::Password | AccessField::Repeated => "password",
        AccessField::Role => "role",
        AccessField::Scopes => "scope",
        AccessField::DataCenter => "data center",
        AccessField::Expires => "last day",
    }
}
