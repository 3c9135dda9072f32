//! The form for sending settings: labels, help, errors.

use domain::{FieldError, SendingField, SendingForm};

use crate::{count, field_error};

/// Returns the label of a field.
pub fn sending_field_label(field: SendingField) -> &'static str {
    match field {
        SendingField::AllowedFrom => "Other From addresses",
        SendingField::PerMinute => "Messages a minute",
        SendingField::PerDay => "Messages a day",
        SendingField::Connections => "Connections at a time",
        SendingField::Recipients => "Recipients of one transmission",
        SendingField::DropContent => "Drop contents once they are delivered",
        SendingField::RetentionDays => "Days that messages are kept",
    }
}

/// Returns the help under a field.
pub fn sending_field_help(field: SendingField) -> &'static str {
    match field {
        SendingField::AllowedFrom => {
            "One on each line. Programs may send from these as well; the account has to have the right to."
        }
        SendingField::PerMinute => "In any 60 seconds, of all servers together.",
        SendingField::PerDay => "In any 24 hours.",
        SendingField::Connections => "To the mail server, of all servers together.",
        SendingField::Recipients => "A message to more goes out in several transmissions.",
        SendingField::DropContent => {
            "What happened to a message stays known. It can neither be looked at nor be sent again."
        }
        SendingField::RetentionDays => {
            "Counted from the end of a message. Those that wait are kept."
        }
    }
}

/// Returns the text of an error at a field of the form.
pub fn sending_field_error(field: SendingField, error: FieldError, form: &SendingForm) -> String {
    match (field, error) {
        (_, FieldError::NotANumber) => {
            let most = count(field.at_most().into());
            format!(
                "This is not a number from 1 to {most}. Write it in digits, or leave the field empty."
            )
        }
        (SendingField::AllowedFrom, FieldError::TooLong) => {
            let most = SendingForm::ADDRESSES_AT_MOST;
            format!(
                "These are more than {most} addresses, or one of them is too long. Remove some."
            )
        }
        (SendingField::AllowedFrom, error) => match form.first_wrong_address() {
            Some(line) => {
                let line: String = line.chars().take(80).collect();
                format!(
                    "“{line}” is not an email address. Write one on each line, like mail@example.com."
                )
            }
            None => field_error(error, None).joined(),
        },
        (_, error) => field_error(error, None).joined(),
    }
}
