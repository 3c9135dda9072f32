//! Causes and fixes that several forms share, one constant for each case of their errors.

use domain::{AddressError, UrlError};

use crate::{Words, words};

pub(crate) const TOO_LONG: Words = words("This is too long.", "Shorten it.");
pub(crate) const CONTROL_CHARACTER: Words = words(
    "This contains a line break or another invisible character.",
    "Remove it, or type the value instead of pasting it.",
);
pub(crate) const NOT_AN_ADDRESS: Words = words(
    "This is not a valid email address.",
    "Enter an address like mail@example.com.",
);
pub(crate) const SEVERAL_ADDRESSES: Words =
    words("This is more than one address.", "Enter only one.");
pub(crate) const NOT_A_HOST: Words = words(
    "This is neither a host name nor an IP address.",
    "Enter a host like smtp.example.com or 192.0.2.1.",
);
pub(crate) const HOST_HAS_SCHEME: Words = words(
    "This is a URL.",
    "Enter only the host name, without https:// and without a path.",
);
pub(crate) const HOST_HAS_PORT: Words = words(
    "This contains a port.",
    "Enter only the host name here. The port has its own field.",
);
pub(crate) const NOT_AN_EHLO_NAME: Words = words(
    "This is not a fully qualified host name. It needs a dot and must not contain an underscore.",
    "Enter a name like mail.example.com, or an address like [192.0.2.1].",
);
pub(crate) const NOT_A_PORT: Words = words(
    "This is not a port number.",
    "Enter a number from 1 to 65535.",
);
pub(crate) const NOT_A_URL: Words = words(
    "This is not a complete URL.",
    "Enter a URL with https:// and a host, like https://login.example.com/token.",
);
pub(crate) const URL_NOT_HTTPS: Words = words(
    "This URL is not encrypted, so secrets sent to it could be read by others.",
    "Use https://. Only a server on this machine may use http://.",
);
pub(crate) const URL_HAS_FRAGMENT: Words = words(
    "The URL contains a fragment (#), which OAuth does not allow here.",
    "Remove the # and everything after it.",
);
pub(crate) const URL_HAS_CREDENTIALS: Words = words(
    "The URL contains a user name or a password.",
    "Remove everything up to the @.",
);
pub(crate) const NOT_A_SCOPE: Words = words(
    "This contains a character that is not allowed in a scope.",
    "Remove quotes, backslashes, commas, and non-ASCII characters. Separate scopes with spaces.",
);
pub(crate) const MIXED_SCOPES: Words = words(
    "Microsoft Graph scopes and Outlook scopes cannot be requested together. A Graph token cannot send over SMTP.",
    "Keep only the scopes that start with https://outlook.office.com/ (or your cloud's host), and offline_access.",
);
/// A value is not one of the choices.
pub const UNKNOWN_CHOICE: Words = words(
    "This is not a valid option.",
    "Select one of the listed options.",
);
pub(crate) const SECRET_BELONGS_ELSEWHERE: Words = words(
    "The saved secret belongs to a different server, user, client, or endpoint than those entered now.",
    "Enter the secret again, or restore the previous values. This prevents a saved secret from being sent to another server.",
);
pub(crate) const CREDENTIAL_IN_PLAINTEXT: Words = words(
    "Without SSL, a password or token would be sent unencrypted. Mailgrant does that only on this machine.",
    "Turn SSL on, or turn authentication off.",
);
pub(crate) const NEEDS_OAUTH: Words = words(
    "The email box cannot use the same authorization, because SMTP does not use OAuth.",
    "Sign in with a password, or set the authentication type to OAuth.",
);
pub(crate) const REDIRECT_URL_MISMATCH: Words = words(
    "This is not the URL of this Mailgrant server, according to its configuration or the address of this request.",
    "Open this page at Mailgrant's public address, or correct the public URL in its configuration.",
);
pub(crate) const NAME_TAKEN: Words = words("This name is already in use.", "Choose another name.");
pub(crate) const DATA_CENTER_IN_USE: Words = words(
    "This data center has settings, so programs may be sending mail through it.",
    "Only a data center without settings can be removed.",
);
pub(crate) const DATA_CENTER_HAS_MAIL: Words = words(
    "Messages are waiting in this data center.",
    "Wait until they are delivered, or cancel them.",
);
pub(crate) const DATA_CENTER_IS_DEFAULT: Words = words(
    "The default data center cannot be removed.",
    "You can rename it instead.",
);
pub(crate) const NOT_A_USER_NAME: Words = words(
    "This contains a character that is not allowed in a user name.",
    "Use letters without accents, digits, and . _ - + @.",
);
pub(crate) const PASSWORD_TOO_SHORT: Words = words(
    "The password is too short. It needs at least 12 characters.",
    "A phrase of several unrelated words is long and easy to type.",
);
pub(crate) const PASSWORD_GUESSABLE: Words = words(
    "This password is easy to guess.",
    "Use several unrelated words, or a password manager.",
);
pub(crate) const PASSWORDS_DIFFER: Words =
    words("The two passwords do not match.", "Enter both again.");
pub(crate) const PASSWORD_WRONG: Words = words(
    "The current password is wrong.",
    "Enter it again. If you forgot it, ask an administrator for a password link.",
);
pub(crate) const LAST_ADMINISTRATOR: Words = words(
    "This is the only administrator who can sign in.",
    "Make another account an administrator first.",
);
/// A day is not valid.
pub const NOT_A_DATE: Words = words("This is not a date.", "Enter a date like 2027-01-31.");
pub(crate) const IN_THE_PAST: Words = words(
    "This date is in the past.",
    "Choose a later date, or leave the field empty.",
);
pub(crate) const NOT_A_WEBHOOK_SECRET: Words = words(
    "This is not a signing secret in the Standard Webhooks format.",
    "Enter whsec_ followed by 24 to 64 random bytes in base64.",
);
pub(crate) const NOT_A_NUMBER: Words = words(
    "This is not a whole number in the allowed range.",
    "Enter digits only.",
);
pub(crate) const REQUIRED: Words = words("This field is required.", "Fill it in.");

/// Returns the text of an error of an email address.
pub fn address_error(error: AddressError) -> Words {
    match error {
        AddressError::Required => REQUIRED,
        AddressError::TooLong => TOO_LONG,
        AddressError::NotAnAddress => NOT_AN_ADDRESS,
        AddressError::SeveralAddresses => SEVERAL_ADDRESSES,
    }
}

/// Returns the text of an error of a URL.
pub fn url_error(error: UrlError) -> Words {
    match error {
        UrlError::Required => REQUIRED,
        UrlError::TooLong => TOO_LONG,
        UrlError::NotAUrl => NOT_A_URL,
        UrlError::UrlNotHttps => URL_NOT_HTTPS,
        UrlError::UrlHasFragment => URL_HAS_FRAGMENT,
        UrlError::UrlHasCredentials => URL_HAS_CREDENTIALS,
    }
}
