//! The decoder: from what a provider or a server said to a finding's code.
//!
//! It is data: one row per known reply, the most particular first. What no row knows keeps a
//! general code and is shown as it came, never guessed.

mod consent;
mod imap;
mod oauth;
mod smtp;

pub(crate) use consent::admin_consent_url;
pub(crate) use imap::{ImapStage, imap_reply};
pub(crate) use oauth::{TokenRequest, callback_error, ends_grant, of_secret, token_error};
pub(crate) use smtp::smtp_reply;
