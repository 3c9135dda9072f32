//! Errors in messages that programs submit.

use domain::FieldError;

use crate::{Words, field_error, words};

/// Returns the text of an error at a field of a message or at a parameter of the API.
pub fn message_field_error(error: FieldError) -> Words {
    match error {
        FieldError::Required => words("This is missing.", "Add it."),
        FieldError::ControlCharacter => words(
            "There is a line break or another control character in it.",
            "Remove it.",
        ),
        FieldError::TooMany => words("There are too many.", "Divide them among several messages."),
        FieldError::NotBase64 => words(
            "This is not base64.",
            "Encode the content as RFC 4648 section 4 says, with padding.",
        ),
        FieldError::NotAFileName => words(
            "This is not a file name that every program reads alike.",
            "Write it without “=?”.",
        ),
        FieldError::NotAMediaType => words(
            "This is not the media type of an attachment.",
            "Write it like image/png. For what is a message or has several parts take application/octet-stream.",
        ),
        FieldError::NotAHeaderName => words(
            "This is not the name of a header field.",
            "Take up to 76 printable ASCII characters without spaces and colons.",
        ),
        FieldError::HeaderReserved => words(
            "This header field is written by Mailgrant or by mail servers, or has a field of its own.",
            "Leave it out, or use the field for it.",
        ),
        FieldError::HeaderRepeated => words(
            "Another entry has this header field.",
            "Each may be there once.",
        ),
        FieldError::FromNotAllowed => words(
            "Mail from this address is not allowed in this data center.",
            "Take its From address, or have an administrator add this one to the addresses that are allowed.",
        ),
        FieldError::DataCenterNotSetUp => words(
            "This data center has no SMTP settings.",
            "An administrator has to save them before anything can be sent from it.",
        ),
        FieldError::NotATime => words(
            "This is not a time.",
            "Write it like 2027-01-31T12:00:00Z, or as a day of UTC like 2027-01-31.",
        ),
        FieldError::NotANumber => words(
            "This is not a whole number in the range.",
            "The documentation has the range.",
        ),
        FieldError::UnknownChoice => words(
            "This is not one of the values that there are.",
            "The documentation lists them.",
        ),
        other => field_error(other, None),
    }
}
