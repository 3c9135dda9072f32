//! Details of the problems that the API for programs returns.

use domain::{AlertKind, KeyScope, MessageState};

use crate::alert_kind;

/// The request has no API key.
pub const NO_KEY: &str = "Send an API key: Authorization: Bearer mgk_…";
/// The API key is invalid.
pub const INVALID_KEY: &str = "The API key is invalid, was ended, or has expired.";
/// No operation has the path.
pub const UNKNOWN_PATH: &str = "There is nothing at this path.";
/// The server cannot determine the address of the client.
pub const UNKNOWN_ADDRESS: &str = "The address of the client is unknown.";
/// The server failed.
pub const UNAVAILABLE: &str = "Mailgrant cannot respond right now. Its log contains the cause.";
/// No message has the ID, or the key is for another data center.
pub const UNKNOWN_MESSAGE: &str =
    "No message has this ID, or the API key is for another data center.";
/// The content of a message was deleted.
pub const CONTENT_DELETED: &str =
    "The content of the message was deleted, so it cannot be sent again.";
/// No sender has the ID, or the key is for another data center.
pub const UNKNOWN_SENDER: &str =
    "No sender has this ID, or the API key is for another data center.";
/// The sender has no user name, so it cannot have a password.
pub const SENDER_WITHOUT_CREDENTIALS: &str =
    "The sender has no credentials. Change it so that it has some, then create the password.";
/// The API key gives a right that it does not have.
pub const READ_MAILBOX_NOT_ALLOWED: &str = "The sender may read the mailbox, and the API key may not. Use an API key that has the scope mailbox as well.";
/// The sender that an API key belongs to has expired.
pub const SENDER_EXPIRED: &str =
    "The sender that this API key belongs to has expired. Ask an administrator to prolong it.";
/// The email box of the data center is off.
pub const MAILBOX_OFF: &str = "The email box of this data center is off.";
/// The folder has no such mail.
pub const UNKNOWN_MAIL: &str = "This folder has no such message.";
/// The mail has no such attachment.
pub const UNKNOWN_ATTACHMENT: &str = "The message has no attachment with this number.";
/// The mail is too large.
pub const MAIL_TOO_LARGE: &str = "The message is too large to be read here.";

/// A sender has reached its limit for a day or for a minute.
pub fn sender_limit(is_per_day: bool) -> &'static str {
    if is_per_day {
        "This sender has reached its limit of messages in 24 hours. Try again later, or ask an administrator to raise it."
    } else {
        "This sender has reached its limit of messages in one minute. Try again in a minute."
    }
}

/// The API key lacks a scope.
pub fn missing_scope(scope: KeyScope) -> String {
    ["The API key lacks the scope ", scope.code(), "."].concat()
}

/// The path has other methods than the requested one.
pub fn allowed_methods(methods: &[&str]) -> String {
    ["Allowed methods: ", &methods.join(", "), "."].concat()
}

/// A condition of the server prevents new mail.
pub fn refuses_mail(condition: AlertKind) -> String {
    ["New mail is refused for now: ", alert_kind(condition), "."].concat()
}

/// The state of a message does not allow a change.
pub fn state_forbids(state: MessageState) -> String {
    [
        "The message is ",
        state.code(),
        ", so this is not possible.",
    ]
    .concat()
}

/// UIDVALIDITY of a folder has changed.
pub fn renumbered(uid_validity: u32) -> String {
    format!(
        "The server has renumbered this folder: its UIDVALIDITY is {uid_validity}. Start again without before and after."
    )
}
