//! The SMTP server over real sockets, with a real database and no mail server.
// Tells clippy that the helpers here are test code as well.
#![cfg(test)]

mod attacks;
mod client;
mod devices;
mod limits;
mod listeners;
mod many;
mod records;
mod senders;
mod world;
