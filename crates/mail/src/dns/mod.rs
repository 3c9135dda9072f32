//! What names say in DNS, and what that means for mail.
//!
//! A name server that is missing or silent is a finding like any other, and never a wait of more than [`PATIENCE`].

mod check;
mod client;
mod dkim;
mod dmarc;
mod mx;
mod resolver;
mod sender;
mod spf;
mod step;

use std::time::Duration;

pub use check::DomainCheck;
pub(crate) use client::{Dns, Service, Unanswered};
pub(crate) use resolver::NameServer;

/// How long all questions of one run may take together.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
