//! Errors of the forms about accounts, passwords, and API keys.

use crate::{
    AccountNameError, TextError, UnknownDataCenter,
    codes::{codes, errors_include},
};

/// Reason that does not concern a single field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessProblem {
    /// The user name or the password is wrong.
    Wrong,
    /// There were too many failed attempts.
    SlowDown {
        /// Seconds until the next attempt is accepted.
        seconds: i64,
    },
    /// The one-use link for the first account is not valid.
    SetupLink,
    /// The one-use link for a password is not valid.
    PasswordLink,
    /// The subject of the form no longer exists.
    Gone,
    /// The server cannot do it at the moment. Its log has the cause.
    Unavailable,
}

codes! {
    /// Reason why a new password was not accepted.
    NewPasswordError {
        /// The password or its repetition is empty.
        Required = "required",
        /// The password has more than 256 characters.
        TooLong = "too_long",
        /// The password has fewer than 12 characters.
        PasswordTooShort = "password_too_short",
        /// The password is easy to guess, as rated by `zxcvbn`.
        PasswordGuessable = "password_guessable",
        /// The password and its repetition differ.
        PasswordsDiffer = "passwords_differ",
    }
}

codes! {
    /// Reason why the value of a field of the setup was not accepted.
    SetupError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value has a character that is not allowed in a user name.
        NotAUserName = "not_a_user_name",
        /// The password has fewer than 12 characters.
        PasswordTooShort = "password_too_short",
        /// The password is easy to guess, as rated by `zxcvbn`.
        PasswordGuessable = "password_guessable",
        /// The password and its repetition differ.
        PasswordsDiffer = "passwords_differ",
    }
}

errors_include! {
    SetupError:
    AccountNameError { Required, TooLong, NotAUserName }
    NewPasswordError { Required, TooLong, PasswordTooShort, PasswordGuessable, PasswordsDiffer }
}

codes! {
    /// Reason why a field of the form that changes the own password was not accepted.
    ChangePasswordError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The password has fewer than 12 characters.
        PasswordTooShort = "password_too_short",
        /// The password is easy to guess, as rated by `zxcvbn`.
        PasswordGuessable = "password_guessable",
        /// The password and its repetition differ.
        PasswordsDiffer = "passwords_differ",
        /// The current password is wrong.
        PasswordWrong = "password_wrong",
    }
}

errors_include! {
    ChangePasswordError:
    NewPasswordError { Required, TooLong, PasswordTooShort, PasswordGuessable, PasswordsDiffer }
}

codes! {
    /// Reason why the value of a field of a new account was not accepted.
    NewAccountError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value has a character that is not allowed in a user name.
        NotAUserName = "not_a_user_name",
        /// The value is not one of the offered choices.
        UnknownChoice = "unknown_choice",
        /// The name is already in use.
        NameTaken = "name_taken",
    }
}

errors_include! {
    NewAccountError:
    AccountNameError { Required, TooLong, NotAUserName }
}

codes! {
    /// Reason why an account was not changed.
    AccountChangeError {
        /// The value is not one of the offered choices.
        UnknownChoice = "unknown_choice",
        /// The last administrator cannot be removed or get another role.
        LastAdministrator = "last_administrator",
    }
}

codes! {
    /// Reason why the value of a field of a new API key was not accepted.
    NewKeyError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value contains a line break or another control character.
        ControlCharacter = "control_character",
        /// The name is already in use.
        NameTaken = "name_taken",
        /// No data center has this ID.
        UnknownDataCenter = "unknown_data_center",
        /// No sender has this name.
        UnknownSender = "unknown_sender",
        /// The sender has another data center.
        OtherDataCenter = "other_data_center",
        /// The value is not a day such as `2027-01-31`.
        NotADate = "not_a_date",
        /// The day is in the past.
        InThePast = "in_the_past",
    }
}

errors_include! {
    NewKeyError:
    TextError { Required, TooLong, ControlCharacter };
    UnknownDataCenter => UnknownDataCenter
}

/// Reason why a new account whose password is chosen by its creator was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountWithPasswordError {
    /// The name or the role is not valid.
    Account(NewAccountError),
    /// The password is not valid.
    Password(NewPasswordError),
}
