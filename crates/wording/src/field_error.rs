//! Causes and fixes that several forms share, one constant for each case of their errors.

use domain::{AddressError, UrlError};

use crate::{Words, words};

pub(crate) const TOO_LONG: Words = words("This is too long.", "Shorten it.");
pub(crate) const CONTROL_CHARACTER: Words = words(
    "There is a line break or another invisible character in it.",
    "Remove it, or type the value instead of pasting it.",
);
pub(crate) const NOT_AN_ADDRESS: Words = words(
    "This is not an email address.",
    "Write it like mail@example.com.",
);
pub(crate) const SEVERAL_ADDRESSES: Words =
    words("These are several addresses.", "Enter only one.");
pub(crate) const NOT_A_HOST: Words = words(
    "This is neither a host name nor an IP address.",
    "Write it like smtp.example.com or 192.0.2.1.",
);
pub(crate) const HOST_HAS_SCHEME: Words = words(
    "This is a URL.",
    "Enter only the host, without https:// and without a path.",
);
pub(crate) const HOST_HAS_PORT: Words = words(
    "There is a port in it.",
    "Enter only the host here; the port has its own field.",
);
pub(crate) const NOT_AN_EHLO_NAME: Words = words(
    "This is not a full name: it has no dot, or an underscore.",
    "Write it like mail.example.com, or enter an address like [192.0.2.1].",
);
pub(crate) const NOT_A_PORT: Words =
    words("This is not a port.", "Enter a number from 1 to 65535.");
pub(crate) const NOT_A_URL: Words = words(
    "This is not a complete URL.",
    "It begins with https:// and has a host, like https://login.example.com/token.",
);
pub(crate) const URL_NOT_HTTPS: Words = words(
    "Secrets would travel to this URL unencrypted.",
    "Use https://. Only a server on this machine may be http://.",
);
pub(crate) const URL_HAS_FRAGMENT: Words = words(
    "There is a # in the URL, which OAuth does not allow here.",
    "Remove it and what follows.",
);
pub(crate) const URL_HAS_CREDENTIALS: Words = words(
    "There is a user name or a password in the URL.",
    "Remove everything up to the @.",
);
pub(crate) const NOT_A_SCOPE: Words = words(
    "There is a character in it that no scope has.",
    "Remove quotes, backslashes, commas between scopes and letters beyond ASCII.",
);
pub(crate) const MIXED_SCOPES: Words = words(
    "Scopes of Microsoft Graph and of Outlook cannot be asked for together; a Graph token \
     cannot send over SMTP.",
    "Keep only those that begin with https://outlook.office.com/ (or your cloud's host), \
     and offline_access.",
);
/// A value is not one of the choices.
pub const UNKNOWN_CHOICE: Words = words(
    "This is not one of the choices.",
    "Choose one of those offered.",
);
pub(crate) const SECRET_BELONGS_ELSEWHERE: Words = words(
    "The saved secret belongs to other values: the server, user, client or endpoints it \
     was saved with have changed.",
    "Type it again, or restore those values. So nobody can point a saved secret at \
     another machine.",
);
pub(crate) const CREDENTIAL_IN_PLAINTEXT: Words = words(
    "Without SSL a password or token would travel in the clear, so none is sent except to \
     this machine.",
    "Turn SSL on, or turn authentication off.",
);
pub(crate) const NEEDS_OAUTH: Words = words(
    "There is no authorization that could be the same: SMTP does not use OAuth.",
    "Sign in with a password, or choose OAuth as authentication type.",
);
pub(crate) const REDIRECT_URL_MISMATCH: Words = words(
    "Mailgrant is not reached under this URL, by its configuration or by the address of \
     this request.",
    "Open this page under Mailgrant's public address, or correct the public URL in its \
     configuration.",
);
pub(crate) const NAME_TAKEN: Words = words("Another one has this name.", "Choose another name.");
pub(crate) const DATA_CENTER_IN_USE: Words = words(
    "This data center has settings, so mail may be sent from it.",
    "Only a data center without settings can be removed.",
);
pub(crate) const DATA_CENTER_HAS_MAIL: Words = words(
    "Mail waits in this data center.",
    "Wait until it is delivered, or cancel it.",
);
pub(crate) const DATA_CENTER_IS_DEFAULT: Words = words(
    "The data center from the start stays.",
    "Rename it if another name fits better.",
);
pub(crate) const NOT_A_USER_NAME: Words = words(
    "There is a character in it that no user name has.",
    "Use letters without accents, digits, and . _ - + @.",
);
pub(crate) const PASSWORD_TOO_SHORT: Words = words(
    "A password has at least 12 characters.",
    "Several words that do not belong together are long and easy to type.",
);
pub(crate) const PASSWORD_GUESSABLE: Words = words(
    "This password would be guessed soon.",
    "Use several words that do not belong together, or let a password manager make one.",
);
pub(crate) const PASSWORDS_DIFFER: Words = words(
    "The password was typed differently the second time.",
    "Type both again.",
);
pub(crate) const PASSWORD_WRONG: Words = words(
    "This is not the present password.",
    "Type it again. An administrator can make a link to choose a new one.",
);
pub(crate) const LAST_ADMINISTRATOR: Words = words(
    "This is the only administrator who can sign in.",
    "Make another account an administrator first.",
);
/// A day is not valid.
pub const NOT_A_DATE: Words = words("This is not a day.", "Write it like 2027-01-31.");
pub(crate) const IN_THE_PAST: Words = words("This day has passed.", "Choose a later one, or none.");
pub(crate) const NOT_A_WEBHOOK_SECRET: Words = words(
    "This is no signing secret of Standard Webhooks.",
    "It is whsec_ and the base64 of 24 to 64 random bytes.",
);
pub(crate) const NOT_A_NUMBER: Words = words(
    "This is not a whole number in the range of the field.",
    "Write it in digits.",
);
pub(crate) const REQUIRED: Words = words("This field is mandatory.", "Fill it in.");

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
