//! The HTTP side of Mailgrant: configuration, wiring, the OAuth callback, and the embedded site.
//!
//! The program and every test start with [`Application::build`].

pub mod config;
pub mod spool;
pub mod telemetry;

mod application;
mod background;
mod connections;
mod data;
mod gateway;
mod limited_counters;
mod limits;
mod mailer;
mod output;
mod service_manager;
mod smtp;
mod sockets;
mod start_error;
mod web;

pub use application::Application;
pub use config::Config;
pub use data::open_store;
pub use gateway::GatewayError;
pub use limits::Limits;
pub use mailer::open_mailer;
pub use output::{Output, print_error};
pub use service_manager::ServiceManager;
pub use smtp::{SmtpError, configured_service};
pub use sockets::InheritedSockets;
pub use start_error::StartError;
pub use web::{PERMISSIONS, Permission, Rule, routes};
