//! Tests of the whole server: the real router over real connections, with the sandbox as provider.
// Tells clippy that the helpers here are test code as well.
#![cfg(test)]

mod support;

mod activity;
mod add_device;
mod alerts;
mod api_messages;
mod api_status;
mod attacks;
mod authorization;
mod background;
mod callback;
mod checks;
mod client_programs;
mod commands;
mod concurrent_pages;
mod configuration;
mod connection_limits;
mod database_away;
mod every_route;
mod export;
mod form_rules;
mod forwarded;
mod full_disk;
mod gateway;
mod headers;
mod help;
mod host_names;
mod json_log;
mod killed;
mod mailbox;
mod mailbox_api;
mod message_events;
mod messages;
mod one_server;
mod open_pages;
mod permissions;
mod planted_secrets;
mod program;
mod rate_limit;
mod refusals;
mod restart;
mod sender_sessions;
mod senders;
mod senders_page;
mod sending_settings;
mod sessions;
mod setup;
mod sign_in;
mod slow_clients;
mod smtp;
mod soak;
mod watching;
