//! The form for sending settings: labels, help, errors.

use domain::{SendingField, SendingForm, SendingFormError};

use crate::{
    count,
    field_error::{NOT_AN_ADDRESS, SEVERAL_ADDRESSES},
};

/// Returns the label of a field.
pub fn sending_field_label(field: SendingField) -> &'static str {
    match field {
        SendingField::AllowedFrom => "Other From addresses",
        SendingField::PerMinute => "Messages per minute",
        SendingField::PerDay => "Messages per day",
        SendingField::Connections => "Concurrent connections",
        SendingField::Recipients => "Recipients per transaction",
        SendingField::DropContent => "Delete contents after delivery",
        SendingField::RetentionDays => "Days that messages are kept",
    }
}

/// Returns the help under a field.
pub fn sending_field_help(field: SendingField) -> &'static str {
    match field {
        SendingField::AllowedFrom => {
            "One per line. Programs may also send from these addresses if the account is allowed to."
        }
        SendingField::PerMinute => "Within any 60 seconds, for all servers together.",
        SendingField::PerDay => "Within any 24 hours.",
        SendingField::Connections => "To the mail server, for all servers together.",
        SendingField::Recipients => "A message to more recipients is sent in several transactions.",
        SendingField::DropContent => {
            "The history of a message is kept. Its content can no longer be viewed or resent."
        }
        SendingField::RetentionDays => {
            "Counted from the end of delivery. Waiting messages are kept."
        }
    }
}

/// Returns the text of an error at a field of the form.
pub fn sending_field_error(
    field: SendingField,
    error: SendingFormError,
    form: &SendingForm,
) -> String {
    let words = match error {
        SendingFormError::NotANumber => {
            let most = count(field.max_value().into());
            return format!(
                "This is not a number from 1 to {most}. Enter digits only, or leave the field empty."
            );
        }
        SendingFormError::TooLong => {
            let most = SendingForm::MAX_ADDRESSES;
            return format!(
                "There are more than {most} addresses, or one of them is too long. Remove some."
            );
        }
        SendingFormError::NotAnAddress => NOT_AN_ADDRESS,
        SendingFormError::SeveralAddresses => SEVERAL_ADDRESSES,
    };
    match form.first_wrong_address() {
        Some(line) => {
            let line: String = line.chars().take(80).collect();
            format!(
                "“{line}” is not an email address. Enter one address per line, like mail@example.com."
            )
        }
        None => words.joined(),
    }
}
