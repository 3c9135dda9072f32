//! Errors of requests that submit or list messages.

use crate::{
    AddressError, FromAddressError, InvalidId, UnknownDataCenter,
    codes::{codes, errors_include},
};

codes! {
    /// Reason why a field of a submitted message was not accepted.
    MessageFieldError {
        /// A mandatory field is missing.
        Required = "required",
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value contains a line break or another control character.
        ControlCharacter = "control_character",
        /// The list has too many entries.
        TooMany = "too_many",
        /// The value is not an email address.
        NotAnAddress = "not_an_address",
        /// The value has several addresses where one is expected.
        SeveralAddresses = "several_addresses",
        /// The value is not base64 (RFC 4648 §4).
        NotBase64 = "not_base64",
        /// The value is not a media type for an attachment, such as `image/png`.
        NotAMediaType = "not_a_media_type",
        /// The file name contains `=?`, which some programs parse as an encoded word (RFC 2047).
        NotAFileName = "not_a_file_name",
        /// The value is not the name of a header field (RFC 5322 §2.2).
        NotAHeaderName = "not_a_header_name",
        /// Mailgrant or mail servers set this header field themselves.
        HeaderReserved = "header_reserved",
        /// Another entry has the same header field.
        HeaderRepeated = "header_repeated",
        /// The data center does not allow mail from this address.
        FromNotAllowed = "from_not_allowed",
        /// The sender may not use the null sender.
        NullSenderNotAllowed = "null_sender_not_allowed",
        /// The sender may not send to this address.
        RecipientNotAllowed = "recipient_not_allowed",
        /// No data center has this ID.
        UnknownDataCenter = "unknown_data_center",
        /// The data center has no SMTP settings, so it cannot send.
        DataCenterNotSetUp = "data_center_not_set_up",
    }
}

errors_include! {
    MessageFieldError:
    AddressError { Required, TooLong, NotAnAddress, SeveralAddresses }
    FromAddressError { Required, TooLong, ControlCharacter, NotAnAddress, SeveralAddresses }
}

codes! {
    /// Reason why a parameter of a request was not accepted.
    ParameterError {
        /// The value has more characters than allowed.
        TooLong = "too_long",
        /// The value contains a line break or another control character.
        ControlCharacter = "control_character",
        /// The value is not an email address.
        NotAnAddress = "not_an_address",
        /// The parameter or its value is unknown.
        UnknownChoice = "unknown_choice",
        /// No data center has this ID.
        UnknownDataCenter = "unknown_data_center",
        /// The value is not a time such as `2027-01-31T12:00:00Z`.
        NotATime = "not_a_time",
        /// The value is not a whole number within the field's range.
        NotANumber = "not_a_number",
    }
}

errors_include! {
    ParameterError:;
    UnknownDataCenter => UnknownDataCenter, InvalidId => UnknownChoice
}
