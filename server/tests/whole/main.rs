//! The whole server: the real router over real connections, the sandbox as provider.
// Tells clippy that the helpers here are tests as well.
#![cfg(test)]

mod support;

mod asked_as;
mod authorization;
mod callback;
mod commands;
mod configuration;
mod form_rules;
mod headers;
mod killed;
mod many_at_once;
mod planted_secrets;
mod program;
mod refusals;
mod restart;
