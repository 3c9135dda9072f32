//! Errors of the form for sending settings.

use crate::{AddressError, codes::codes};

codes! {
    /// Reason why the value of a field of the sending settings was not accepted.
    SendingFormError {
        /// There are more addresses than allowed, or one has more characters than allowed.
        TooLong = "too_long",
        /// A line is not an email address.
        NotAnAddress = "not_an_address",
        /// A line has several addresses.
        SeveralAddresses = "several_addresses",
        /// The value is not a whole number within the field's range.
        NotANumber = "not_a_number",
    }
}

impl From<AddressError> for SendingFormError {
    fn from(error: AddressError) -> Self {
        match error {
            // Empty lines are skipped.
            AddressError::Required | AddressError::NotAnAddress => Self::NotAnAddress,
            AddressError::TooLong => Self::TooLong,
            AddressError::SeveralAddresses => Self::SeveralAddresses,
        }
    }
}
