//! The gateway over real sockets, with a real database, in front of the sandbox's mail server.
// Tells clippy that the helpers here are test code as well.
#![cfg(test)]

mod attacks;
mod client;
mod refusals;
mod relayed;
mod world;
