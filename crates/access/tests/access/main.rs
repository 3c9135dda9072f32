//! Access, on a database of its own for each test and with a clock that is moved by hand.
// Tells clippy that the helpers here are tests as well.
#![cfg(test)]

mod accounts;
mod api_keys;
mod devices;
mod links;
mod passwords;
mod refusals;
mod sessions;
mod setup;
mod sign_in;
mod throttle;
mod world;
