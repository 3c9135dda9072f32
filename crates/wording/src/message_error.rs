//! Errors in messages that programs submit, and in requests of the API.

use domain::{MessageFieldError, ParameterError};

use crate::{
    Words,
    field_error::{NOT_AN_ADDRESS, SEVERAL_ADDRESSES, TOO_LONG},
    request_problem, words,
};

const CONTROL_CHARACTER: Words = words(
    "There is a line break or another control character in it.",
    "Remove it.",
);

/// Returns the text of an error at a field of a message.
pub fn message_field_error(error: MessageFieldError) -> Words {
    match error {
        MessageFieldError::Required => words("This is missing.", "Add it."),
        MessageFieldError::TooLong => TOO_LONG,
        MessageFieldError::ControlCharacter => CONTROL_CHARACTER,
        MessageFieldError::TooMany => {
            words("There are too many.", "Divide them among several messages.")
        }
        MessageFieldError::NotAnAddress => NOT_AN_ADDRESS,
        MessageFieldError::SeveralAddresses => SEVERAL_ADDRESSES,
        MessageFieldError::NotBase64 => words(
            "This is not base64.",
            "Encode the content as RFC 4648 section 4 says, with padding.",
        ),
        MessageFieldError::NotAMediaType => words(
            "This is not the media type of an attachment.",
            "Write it like image/png. For what is a message or has several parts take application/octet-stream.",
        ),
        MessageFieldError::NotAFileName => words(
            "This is not a file name that every program reads alike.",
            "Write it without “=?”.",
        ),
        MessageFieldError::NotAHeaderName => words(
            "This is not the name of a header field.",
            "Take up to 76 printable ASCII characters without spaces and colons.",
        ),
        MessageFieldError::HeaderReserved => words(
            "This header field is written by Mailgrant or by mail servers, or has a field of its own.",
            "Leave it out, or use the field for it.",
        ),
        MessageFieldError::HeaderRepeated => words(
            "Another entry has this header field.",
            "Each may be there once.",
        ),
        MessageFieldError::FromNotAllowed => words(
            "Mail from this address is not allowed in this data center.",
            "Take its From address, or have an administrator add this one to the addresses that are allowed.",
        ),
        MessageFieldError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
        MessageFieldError::DataCenterNotSetUp => words(
            "This data center has no SMTP settings.",
            "An administrator has to save them before anything can be sent from it.",
        ),
    }
}

/// Returns the text of an error at a parameter of a request.
pub fn parameter_error(error: ParameterError) -> Words {
    match error {
        ParameterError::TooLong => TOO_LONG,
        ParameterError::ControlCharacter => CONTROL_CHARACTER,
        ParameterError::NotAnAddress => NOT_AN_ADDRESS,
        ParameterError::UnknownChoice => words(
            "This is not one of the values that there are.",
            "The documentation lists them.",
        ),
        ParameterError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
        ParameterError::NotATime => words(
            "This is not a time.",
            "Write it like 2027-01-31T12:00:00Z, or as a day of UTC like 2027-01-31.",
        ),
        ParameterError::NotANumber => words(
            "This is not a whole number in the range.",
            "The documentation has the range.",
        ),
    }
}
