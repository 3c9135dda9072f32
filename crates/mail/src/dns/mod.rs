//! What names say in DNS, and what that means for mail.
//!
//! A name server that is missing or silent is a finding like any other, and never a wait of more than
//! [`Timeouts::dns`](crate::Timeouts).

mod check;
mod client;
mod dkim;
mod dmarc;
mod mx;
mod resolver;
mod sender;
mod spf;
mod step;

pub use check::DomainCheck;
pub(crate) use client::{Dns, Service, Unanswered};
pub(crate) use resolver::NameServer;
