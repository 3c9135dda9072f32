//! Errors of the form about a sender.

use crate::{
    AddressError, FromAddressError, NumberError, TextError, UnknownDataCenter,
    codes::{codes, errors_include},
};

codes! {
    /// Reason why a text is not a network of a sender.
    NetworkError {
        /// The text is neither an IP address nor a network.
        NotANetwork = "not_a_network",
        /// The address has bits after the prefix of the network.
        NetworkHasHostBits = "network_has_host_bits",
        /// The network contains every address.
        EveryAddress = "every_address",
    }
}

codes! {
    /// Reason why the value of a field of a sender was not accepted.
    SenderFormError {
        /// A mandatory field is empty.
        Required = "required",
        /// The value has more characters than allowed, or the list more entries.
        TooLong = "too_long",
        /// The value contains a line break or another control character.
        ControlCharacter = "control_character",
        /// The name or the user name is already in use.
        NameTaken = "name_taken",
        /// The value is not a user name of 1 to 20 letters and digits.
        NotAUserName = "not_a_user_name",
        /// A line is neither an IP address nor a network.
        NotANetwork = "not_a_network",
        /// An address has bits after the prefix of its network.
        NetworkHasHostBits = "network_has_host_bits",
        /// A network contains every address.
        EveryAddress = "every_address",
        /// A network is reachable from the internet, and this was not confirmed.
        NetworkNotPrivate = "network_not_private",
        /// Another sender is known by the same address or network.
        NetworkTaken = "network_taken",
        /// No data center has this ID.
        UnknownDataCenter = "unknown_data_center",
        /// The value is not a whole number within the field's range.
        NotANumber = "not_a_number",
        /// The value is not a day such as `2027-01-31`.
        NotADate = "not_a_date",
        /// The day is in the past.
        InThePast = "in_the_past",
        /// A value is not an email address, or neither an address nor a domain.
        NotAnAddress = "not_an_address",
        /// The value has several addresses where one is expected.
        SeveralAddresses = "several_addresses",
        /// A line is not a domain.
        NotADomain = "not_a_domain",
        /// The value is not one of the offered choices.
        UnknownChoice = "unknown_choice",
        /// The right requires a user name and a password, which the sender does not have.
        NeedsPassword = "needs_password",
    }
}

errors_include! {
    SenderFormError:
    TextError { Required, TooLong, ControlCharacter }
    NetworkError { NotANetwork, NetworkHasHostBits, EveryAddress }
    AddressError { Required, TooLong, NotAnAddress, SeveralAddresses }
    FromAddressError { Required, TooLong, ControlCharacter, NotAnAddress, SeveralAddresses }
    NumberError { Required, NotANumber };
    UnknownDataCenter => UnknownDataCenter
}
