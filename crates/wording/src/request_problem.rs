//! Failures of requests that belong to no field of a form.

use crate::{Words, words};

/// Fields of a form were refused.
pub const FIELDS: Words = words(
    "Some fields are invalid.",
    "Correct the fields named below.",
);

/// Another user saved in the meantime.
pub const CONFLICT: Words = words(
    "Another administrator changed these settings.",
    "Your input is still here. Review their changes first, or overwrite them.",
);

/// The name of a data center, or the data center itself, was refused.
pub const DATA_CENTER_REFUSED: Words = words(
    "The data center was not changed.",
    "See the message at its field.",
);

/// The input of the discovery was refused.
pub const ADDRESS_REFUSED: Words = words(
    "This is neither an email address nor the URL of an issuer.",
    "Enter it like mail@example.com or https://login.example.com.",
);

/// The data center does not exist.
pub const UNKNOWN_DATA_CENTER: Words = words(
    "There is no such data center.",
    "It may have been removed. Choose another one.",
);

/// The settings do not use OAuth.
pub const NOT_OAUTH: Words = words(
    "The saved settings do not use OAuth, so there is nothing to authorize.",
    "Choose OAuth as the authentication type and save.",
);

/// The session has ended.
pub const SIGNED_OUT: Words = words(
    "Your session has ended.",
    "Sign in again in a new tab, then return and repeat this. Your input is still here.",
);

/// The role does not allow the request.
pub const FORBIDDEN: Words = words(
    "Your role does not allow this.",
    "Ask an administrator to do it, or to give your account another role.",
);

/// The data center has no settings.
pub const NO_SETTINGS: Words = words(
    "This data center has no saved settings.",
    "An administrator must enter its settings first.",
);

/// A saved secret cannot be opened.
pub const SECRET_UNREADABLE: Words = words(
    "A saved secret cannot be decrypted, because it or a value it belongs to was changed outside of Mailgrant.",
    "Check all values, enter the secrets again, and save.",
);

/// The request is malformed.
pub const BAD_REQUEST: Words = words(
    "The request could not be read.",
    "Reload the page and try again.",
);

/// The server cannot serve the request.
pub const UNAVAILABLE: Words = words(
    "Mailgrant cannot do this right now.",
    "Try again in a minute. If this persists, the server's log contains the cause.",
);

/// The server cannot be reached.
pub const OFFLINE: Words = words(
    "Mailgrant could not be reached.",
    "Check that the server is running and that this machine is online, then try again. \
     Your input is still here.",
);
