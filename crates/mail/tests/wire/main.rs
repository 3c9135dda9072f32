//! Tests of the mailer against the sandbox, with real sockets, TLS, and a database.
#![cfg(test)]

mod alerts;
mod authorization;
mod decoder;
mod discovery;
mod dns;
mod doctor;
mod doctor_evidence;
mod hooks;
mod incoming;
mod injection;
mod mailbox;
mod mailbox_hostile;
mod mailbox_sign_in;
mod names;
mod outbox;
mod outgoing;
mod providers;
mod recorded;
mod settings;
mod support;
mod test_email;
mod token;
mod web;
mod webhooks;
