//! Decoder that turns replies and errors of servers into finding codes.
//!
//! The tables have one row per known reply, the most specific first. An unknown reply gets a
//! general code and is shown as it is; nothing is guessed. The crate does no I/O. Start reading at
//! [`smtp_reply`].

mod blocklist;
mod imap;
mod oauth;
mod oauth_error;
mod smtp;
mod tls;

pub use blocklist::with_blocklist;
pub use imap::{ImapStage, imap_reply};
pub use oauth::{TokenRejection, TokenRequest, callback_error, of_secret, token_error};
pub use oauth_error::{ends_grant, rejects_client};
pub use smtp::smtp_reply;
pub use tls::{tls_error, tls_handshake};
