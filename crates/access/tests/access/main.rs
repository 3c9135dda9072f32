//! Tests of access control. Each has its own database, and a clock that is set manually.
// Clippy then treats the helpers here as tests.
#![cfg(test)]

mod accounts;
mod api_keys;
mod devices;
mod links;
mod passwords;
mod refusals;
mod senders;
mod sessions;
mod setup;
mod sign_in;
mod throttle;
mod world;
