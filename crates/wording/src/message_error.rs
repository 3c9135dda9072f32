//! Errors in messages that programs submit, and in requests of the API.

use domain::{MessageFieldError, ParameterError};

use crate::{
    Words,
    field_error::{NOT_AN_ADDRESS, SEVERAL_ADDRESSES, TOO_LONG},
    request_problem, words,
};

const CONTROL_CHARACTER: Words = words(
    "This contains a line break or another control character.",
    "Remove it.",
);

/// Returns the text of an error at a field of a message.
pub fn message_field_error(error: MessageFieldError) -> Words {
    match error {
        MessageFieldError::Required => words("This is missing.", "Add it."),
        MessageFieldError::TooLong => TOO_LONG,
        MessageFieldError::ControlCharacter => CONTROL_CHARACTER,
        MessageFieldError::TooMany => {
            words("There are too many.", "Split them across several messages.")
        }
        MessageFieldError::NotAnAddress => NOT_AN_ADDRESS,
        MessageFieldError::SeveralAddresses => SEVERAL_ADDRESSES,
        MessageFieldError::NotBase64 => words(
            "This is not base64.",
            "Encode the content as base64 with padding (RFC 4648 section 4).",
        ),
        MessageFieldError::NotAMediaType => words(
            "This is not a media type that an attachment can have.",
            "Use a type like image/png. For messages and multipart content, use application/octet-stream.",
        ),
        MessageFieldError::NotAFileName => words(
            "Mail programs would read this file name differently.",
            "Remove “=?” from the name.",
        ),
        MessageFieldError::NotAHeaderName => words(
            "This is not a valid header field name.",
            "Use at most 76 printable ASCII characters, without spaces and colons.",
        ),
        MessageFieldError::HeaderReserved => words(
            "Mailgrant or mail servers write this header field, or a separate property sets it.",
            "Remove it, or use that property.",
        ),
        MessageFieldError::HeaderRepeated => words(
            "This header field occurs more than once.",
            "Keep one of them.",
        ),
        MessageFieldError::FromNotAllowed => words(
            "This data center does not allow this From address.",
            "Use the data center's From address, or ask an administrator to allow this one.",
        ),
        MessageFieldError::NullSenderNotAllowed => words(
            "This sender may not send with the empty envelope sender <>.",
            "Set a sender address in the program, or ask an administrator to accept the empty one.",
        ),
        MessageFieldError::RecipientNotAllowed => words(
            "This sender may not send to this address.",
            "Use a recipient in an allowed domain, or ask an administrator to allow this one.",
        ),
        MessageFieldError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
        MessageFieldError::DataCenterNotSetUp => words(
            "This data center has no SMTP settings.",
            "An administrator must save them before mail can be sent.",
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
            "This is not an allowed value.",
            "See the API documentation for the list.",
        ),
        ParameterError::UnknownDataCenter => request_problem::UNKNOWN_DATA_CENTER,
        ParameterError::NotATime => words(
            "This is not a time.",
            "Use a time like 2027-01-31T12:00:00Z, or a date in UTC like 2027-01-31.",
        ),
        ParameterError::NotANumber => words(
            "This is not a whole number in the allowed range.",
            "See the API documentation for the range.",
        ),
    }
}
