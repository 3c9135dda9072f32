//! The SMTP client (RFC 5321): connect, start TLS, sign in, and send messages.
//!
//! There is one path for everything that sends: the handshake greets the server and starts TLS,
//! then [`Connection`] takes the stream over, signs in, and runs pipelined transactions. Each step
//! is recorded, and each failure becomes a finding. The crate knows no settings store, tokens, or
//! queue. Start reading at [`Connection::open`].

mod answer;
mod auth;
mod connection;
mod dial;
mod dot_stuffing;
mod ehlo;
mod handshake;
mod message;
#[cfg(test)]
mod property_tests;
mod reply;
mod server;
mod tls;
mod transaction;
mod transcript;

pub use crate::{
    connection::Connection,
    dial::{Dialed, dial, resolve},
    message::{Message, TransactionEnd, TransactionOutcome},
    server::{ConnectOptions, Server},
};
