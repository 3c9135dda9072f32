//! Tests of the store, each on SQLite and on PostgreSQL.
// Tells clippy that the helpers here are tests as well.
#![cfg(test)]

mod accounts;
mod alerts;
mod api_keys;
mod attempts;
mod audit;
mod authorizations;
mod checks;
mod cut_connections;
mod data_centers;
mod database;
mod delivery;
mod drafts;
mod durability;
mod grants;
mod inbound_webhooks;
mod incoming;
mod integrity;
mod keys;
mod leases;
mod links;
mod lock;
mod opening;
mod outbox;
mod people;
mod rotation;
mod samples;
mod sealing;
mod secret_bindings;
mod sender_sessions;
mod senders;
mod sessions;
mod settings;
