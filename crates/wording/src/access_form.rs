//! Texts of the forms about accounts, passwords, and API keys.

use domain::access::{
    AccessField, AccountChangeError, ChangePasswordError, NewAccountError, NewKeyError,
    NewPasswordError, SetupError,
};

use crate::{Words, field_error, request_problem, words};

/// Returns the text of an error of a new password.
pub fn new_password_error(error: NewPasswordError) -> Words {
    match error {
        NewPasswordError::Required => field_error::REQUIRED,
        NewPasswordError::TooLong => field_error::TOO_LONG,
        NewPasswordError::PasswordTooShort => field_error::PASSWORD_TOO_SHORT,
        NewPasswordError::PasswordGuessable => field_error::PASSWORD_GUESSABLE,
        NewPasswordError::PasswordsDiffer => field_error::PASSWORDS_DIFFER,
    }
}

/// Returns the text of an error at a field of the setup.
pub fn setup_error(error: SetupError) -> Words {
    match error {
        SetupError::Required => field_error::REQUIRED,
        SetupError::TooLong => field_error::TOO_LONG,
        SetupError::NotAUserName => field_error::NOT_A_USER_NAME,
        SetupError::PasswordTooShort => field_error::PASSWORD_TOO_SHORT,
        SetupError::PasswordGuessable => field_error::PASSWORD_GUESSABLE,
        SetupError::PasswordsDiffer => field_error::PASSWORDS_DIFFER,
    }
}

/// Returns the text of an error at a field of the form that changes the own password.
pub fn change_password_error(error: ChangePasswordError) -> Words {
    match error {
        ChangePasswordError::Required => field_error::REQUIRED,
        ChangePasswordError::TooLong => field_error::TOO_LONG,
        ChangePasswordError::PasswordTooShort => field_error::PASSWORD_TOO_SHORT,
        ChangePasswordError::PasswordGuessable => field_error::PASSWORD_GUESSABLE,
        ChangePasswordError::PasswordsDiffer => field_error::PASSWORDS_DIFFER,
        ChangePasswordError::PasswordWrong => field_error::PASSWORD_WRONG,
    }
}

/// Returns the text of an error at a field of a new account.
pub fn new_account_error(error: NewAccountError) -> Words {
    match error {
        NewAccountError::Required => field_error::REQUIRED,
        NewAccountError::TooLong => field_error::TOO_LONG,
        NewAccountError::NotAUserName => field_error::NOT_A_USER_NAME,
        NewAccountError::UnknownChoice => field_error::UNKNOWN_CHOICE,
        NewAccountError::NameTaken => field_error::NAME_TAKEN,
    }
}

/// Returns the reason why an account was not changed.
pub fn account_change_error(error: AccountChangeError) -> Words {
    match error {
        AccountChangeError::UnknownChoice => field_error::UNKNOWN_CHOICE,
        AccountChangeError::LastAdministrator => field_error::LAST_ADMINISTRATOR,
    }
}

/// Returns the text of an error at a field of a new API key.
pub fn new_key_error(field: AccessField, error: NewKeyError) -> Words {
    match error {
        NewKeyError::Required if field == AccessField::Scopes => words(
            "No scope is selected. A key without a scope has no access.",
            "Select at least one.",
        ),
        NewKeyError::Required => field_error::REQUIRED,
        NewKeyError::TooLong => field_error::TOO_LONG,
        NewKeyError::ControlCharacter => field_error::CONTROL_CHARACTER,
        NewKeyError::NameTaken => field_error::NAME_TAKEN,
        NewKeyError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
        NewKeyError::UnknownSender => words(
            "There is no sender with this name.",
            "It may have been removed. Choose another one.",
        ),
        NewKeyError::OtherDataCenter => words(
            "The sender has another data center.",
            "Choose the data center of the sender, or leave it empty.",
        ),
        NewKeyError::NotADate => field_error::NOT_A_DATE,
        NewKeyError::InThePast => field_error::IN_THE_PAST,
    }
}

/// The rule for passwords, shown before one is typed.
pub const PASSWORD_RULE: &str = "At least 12 characters, and not easy to guess. Use several unrelated words, or a password manager.";
