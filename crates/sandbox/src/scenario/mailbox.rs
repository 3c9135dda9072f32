//! Scenarios of failures to read mail.

use super::{
    Action::{Mailbox, Test},
    RequiredSettings::{Nothing, SameAuthorization, ToItself},
    Row,
};

#[rustfmt::skip]
pub(super) const SCENARIOS: &[Row] = &[
    ("imap_wrong_password", "The password of the email box is wrong", r#"{"imap": "wrong_credentials"}"#, Mailbox, Nothing, "mailbox_password_refused"),
    ("imap_app_password", "Answer like Google that wants an app password", r#"{"imap": "application_password_required"}"#, Mailbox, Nothing, "app_password_needed"),
    ("imap_disabled", "Answer like Google with IMAP switched off", r#"{"imap": "disabled"}"#, Mailbox, Nothing, "imap_disabled"),
    ("imap_microsoft", "Answer like Microsoft to a password (LOGIN failed)", r#"{"imap": "microsoft"}"#, Mailbox, Nothing, "mailbox_password_refused"),
    ("imap_scope", "Answer like Microsoft to a token without the scope for IMAP", r#"{"imap": "microsoft"}"#, Mailbox, SameAuthorization, "imap_scope_missing"),
    ("imap_token", "The token is refused", r#"{"imap": "wrong_credentials"}"#, Mailbox, SameAuthorization, "token_refused"),
    ("imap_unavailable", "The server cannot ask who that is", r#"{"imap": "unavailable"}"#, Mailbox, Nothing, "authentication_unavailable"),
    ("imap_limit", "Too many connections of this account", r#"{"imap": "limit"}"#, Mailbox, Nothing, "too_many_connections"),
    ("imap_busy", "Too many connections, at the greeting", r#"{"imap": "too_many_connections"}"#, Mailbox, Nothing, "too_many_connections"),
    ("imap_no_inbox", "There is no INBOX", r#"{"imap": "no_inbox"}"#, Mailbox, Nothing, "inbox_missing"),
    ("imap_not_imap", "SMTP answers instead of IMAP", r#"{"imap": "not_imap"}"#, Mailbox, Nothing, "not_imap"),
    ("imap_silent", "The server says nothing", r#"{"imap": "silent"}"#, Mailbox, Nothing, "timeout"),
    ("not_delivered", "The test email never arrives", r#"{"imap": "not_delivered"}"#, Test, ToItself, "not_arrived"),
    ("message_id_microsoft", "The Message-ID is replaced, as by Microsoft", r#"{"message_id": "microsoft"}"#, Test, ToItself, ""),
    ("message_id_google", "The Message-ID is replaced, as by Google", r#"{"message_id": "google"}"#, Test, ToItself, ""),
    ("message_id_amazon", "The Message-ID is replaced, as by Amazon SES", r#"{"message_id": "amazon"}"#, Test, ToItself, ""),
    ("from_rewritten", "The test email arrives with another From address", r#"{"imap": "from_rewritten"}"#, Test, ToItself, "from_rewritten"),
];
