//! Errors of forms about access, as the command line reports them.

use domain::{
    AccountNameError, FormErrors,
    access::{
        AccessField, AccountChangeError, AccountWithPasswordError, NewAccountError, NewKeyError,
        NewPasswordError,
    },
};

const MISSING: &str = "is missing";
const TOO_LONG: &str = "is too long";
const NOT_A_USER_NAME: &str = "may contain only letters from a to z, digits, and . _ - + @";
const UNKNOWN_CHOICE: &str = "is not a known value";

/// An error that the command line reports.
pub trait CommandLineError: Copy {
    /// Returns the text that follows the name of the field.
    fn text(self) -> &'static str;
}

impl CommandLineError for AccountNameError {
    fn text(self) -> &'static str {
        match self {
            Self::Required => MISSING,
            Self::TooLong => TOO_LONG,
            Self::NotAUserName => NOT_A_USER_NAME,
        }
    }
}

impl CommandLineError for NewAccountError {
    fn text(self) -> &'static str {
        match self {
            Self::Required => MISSING,
            Self::TooLong => TOO_LONG,
            Self::NotAUserName => NOT_A_USER_NAME,
            Self::UnknownChoice => UNKNOWN_CHOICE,
            Self::NameTaken => "is taken by another account",
        }
    }
}

impl CommandLineError for NewPasswordError {
    fn text(self) -> &'static str {
        match self {
            Self::Required => MISSING,
            Self::TooLong => TOO_LONG,
            Self::PasswordTooShort => "has fewer than 12 characters",
            Self::PasswordGuessable => "is easy to guess; choose a longer or less common one",
            Self::PasswordsDiffer => "differs from its repetition",
        }
    }
}

impl CommandLineError for AccountWithPasswordError {
    fn text(self) -> &'static str {
        match self {
            Self::Account(error) => error.text(),
            Self::Password(error) => error.text(),
        }
    }
}

impl CommandLineError for AccountChangeError {
    fn text(self) -> &'static str {
        match self {
            Self::UnknownChoice => UNKNOWN_CHOICE,
            Self::LastAdministrator => {
                "belongs to the last administrator; add another administrator first"
            }
        }
    }
}

impl CommandLineError for NewKeyError {
    fn text(self) -> &'static str {
        match self {
            Self::Required => MISSING,
            Self::TooLong => TOO_LONG,
            Self::ControlCharacter => "contains a control character",
            Self::NameTaken => "is taken by another key",
            Self::UnknownDataCenter => UNKNOWN_CHOICE,
            Self::UnknownSender => "does not exist",
            Self::OtherDataCenter => "is not that of the sender",
            Self::NotADate => "is not a day such as 2027-01-31",
            Self::InThePast => "has passed",
        }
    }
}

/// Returns the errors of a form in one line.
pub fn command_line_errors<E: CommandLineError>(errors: &FormErrors<AccessField, E>) -> String {
    let texts: Vec<_> = errors
        .iter()
        .map(|(field, error)| format!("the {} {}", field_name(field), error.text()))
        .collect();
    texts.join(", and ")
}

fn field_name(field: AccessField) -> &'static str {
    match field {
        AccessField::Name => "name",
        AccessField::Current | AccessField::Password | AccessField::Repeated => "password",
        AccessField::Role => "role",
        AccessField::Scopes => "scope",
        AccessField::DataCenter => "data center",
        AccessField::Sender => "sender",
        AccessField::Expires => "last day",
    }
}
