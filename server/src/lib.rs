//! Mailgrant's HTTP side: configuration, wiring, the OAuth callback, the embedded site.
//!
//! [`Application::build`] is what the program and every test call.

pub mod config;
pub mod telemetry;

mod application;
mod connections;
mod start_error;
mod web;

pub use application::Application;
pub use config::Config;
pub use start_error::StartError;
