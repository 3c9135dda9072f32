//! The IMAP client (RFC 9051), over the same recorded stream, TLS, and SASL as SMTP.
//!
//! It never changes a mailbox: folders are opened with EXAMINE, and messages are fetched with PEEK.
//! Each step is recorded, and each failure becomes a finding. Servers are untrusted: responses are
//! split into lines and literals with limits, and read item by item, so that one unreadable item
//! hides no other. imap-codec only writes commands. The crate knows no settings store, tokens, or
//! product feature. Start reading at [`Connection::open`].

mod arrival;
mod client;
mod connect;
mod connection;
mod frame;
mod mailbox;
mod messages;
mod open;
mod response;
mod sign_in;

pub use crate::{
    client::{Answer, Client, NoReply, Reply},
    connection::{Connection, no_reply},
    mailbox::Mailbox,
    messages::{FolderState, MessageSummary},
    response::{Data, Ending, Fetched, Flags, Listed, Section},
};
