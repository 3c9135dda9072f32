//! The sandbox as its clients see it: over TCP, with clients of our own.
// Tells clippy that the helpers here are tests as well.
#![cfg(test)]

mod dns;
mod imap;
mod oauth;
mod pages;
mod smtp_auth;
mod smtp_mail;
mod smtp_robust;
mod support;
mod tls;
