//! Checks of what domains publish about their mail in DNS: MX, SPF, DKIM, and DMARC.
//!
//! A missing or silent name server is a finding like any other, and never a wait beyond the timeout
//! of [`Dns::open`]. The crate knows SMTP settings only by the host they send through. Start
//! reading at [`DomainCheck::run`].

mod check;
mod client;
mod dkim;
mod dmarc;
mod mx;
mod name_server;
mod probe;
mod sender;
mod spf;
mod step;

pub use check::DomainCheck;
pub use client::{Answer, Dns, Service};
pub use name_server::{MachineResolver, NameServer};
pub use net::LookupError;
