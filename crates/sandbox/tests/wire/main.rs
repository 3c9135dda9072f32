//! Sandbox as its clients see it: over TCP, with clients written for these tests.
// Clippy then treats the helpers here as tests.
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
