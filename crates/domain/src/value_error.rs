//! Errors of values that several forms share. The error of a form has the cases that it needs.

use crate::codes::{codes, errors_include};

codes! {
    /// Reason why a text of one line is not valid.
    TextError {
        /// The text is empty.
        Required = "required",
        /// The text has more characters than allowed.
        TooLong = "too_long",
        /// The text contains a line break or another control character.
        ControlCharacter = "control_character",
    }
}

codes! {
    /// Reason why a number is not valid.
    NumberError {
        /// The field is empty.
        Required = "required",
        /// The value is not a whole number within the field's range.
        NotANumber = "not_a_number",
    }
}

codes! {
    /// Reason why a TCP port is not valid.
    PortError {
        /// The field is empty.
        Required = "required",
        /// The value is not a number from 1 to 65535.
        NotAPort = "not_a_port",
    }
}

codes! {
    /// Reason why a host is not valid.
    HostError {
        /// The field is empty.
        Required = "required",
        /// The host has more characters than allowed.
        TooLong = "too_long",
        /// The value is neither a host name nor an IP address.
        NotAHost = "not_a_host",
        /// The value is a URL.
        HostHasScheme = "host_has_scheme",
        /// The value is `host:port`.
        HostHasPort = "host_has_port",
    }
}

codes! {
    /// Reason why a name for EHLO is not valid.
    EhloNameError {
        /// The field is empty.
        Required = "required",
        /// The name has more characters than allowed.
        TooLong = "too_long",
        /// The value is neither a host name nor an IP address.
        NotAHost = "not_a_host",
        /// The value is a URL.
        HostHasScheme = "host_has_scheme",
        /// The value is `host:port`.
        HostHasPort = "host_has_port",
        /// The value is neither a fully qualified domain name nor an address literal.
        NotAnEhloName = "not_an_ehlo_name",
    }
}

codes! {
    /// Reason why a URL is not valid.
    UrlError {
        /// The field is empty.
        Required = "required",
        /// The URL has more characters than allowed.
        TooLong = "too_long",
        /// The value is not an absolute URL.
        NotAUrl = "not_a_url",
        /// The URL has the scheme `http` and a host that is not loopback.
        UrlNotHttps = "url_not_https",
        /// The URL has a fragment, which RFC 6749 §3.1 forbids.
        UrlHasFragment = "url_has_fragment",
        /// The URL contains a user name or a password.
        UrlHasCredentials = "url_has_credentials",
    }
}

codes! {
    /// Reason why an email address is not valid.
    AddressError {
        /// The field is empty.
        Required = "required",
        /// The address has more characters than allowed.
        TooLong = "too_long",
        /// The value is not an email address.
        NotAnAddress = "not_an_address",
        /// The value has several addresses.
        SeveralAddresses = "several_addresses",
    }
}

codes! {
    /// Reason why an email address with a display name is not valid.
    FromAddressError {
        /// The field is empty.
        Required = "required",
        /// The name or the address has more characters than allowed.
        TooLong = "too_long",
        /// The value contains a line break or another control character.
        ControlCharacter = "control_character",
        /// The value is not an email address.
        NotAnAddress = "not_an_address",
        /// The value has several addresses.
        SeveralAddresses = "several_addresses",
    }
}

codes! {
    /// Reason why a scope is not valid.
    ScopeError {
        /// The field is empty.
        Required = "required",
        /// The scope has more characters than allowed.
        TooLong = "too_long",
        /// The scope contains a character that RFC 6749 §3.3 does not allow.
        NotAScope = "not_a_scope",
        /// The scope mixes Microsoft Graph and Outlook, which Microsoft rejects.
        MixedScopes = "mixed_scopes",
    }
}

codes! {
    /// Reason why a user name is not valid.
    AccountNameError {
        /// The field is empty.
        Required = "required",
        /// The name has more characters than allowed.
        TooLong = "too_long",
        /// The value has a character that is not allowed in a user name.
        NotAUserName = "not_a_user_name",
    }
}

codes! {
    /// Reason why a signing secret is not valid.
    WebhookSecretError {
        /// The field is empty.
        Required = "required",
        /// The value is not `whsec_` followed by the base64 of 24 to 64 bytes.
        NotAWebhookSecret = "not_a_webhook_secret",
    }
}

/// Error for a text that is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId;

/// Error for a text that is not the name of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidFolderName;

/// Error for an invalid search text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSearch;

/// Error for an invalid data center ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDataCenter;

errors_include! {
    FromAddressError: AddressError { Required, TooLong, NotAnAddress, SeveralAddresses }
}

errors_include! {
    EhloNameError: HostError { Required, TooLong, NotAHost, HostHasScheme, HostHasPort }
}
