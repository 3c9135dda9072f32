//! The SMTP server for programs and devices that send mail (RFC 6409).
//!
//! Three layers. The protocol is without I/O: `data` finds the end of a
//! message, `command` parses, and `session` decides the reply to each line. `connection`
//! moves octets between that and a client, and starts TLS. `intake` is the only part that knows
//! the product: it signs senders in and submits their messages.
//!
//! Start reading at `session::Session::line`.

mod command;
mod connection;
mod data;
mod intake;
mod limits;
mod local;
mod path;
mod record;
mod reply;
mod server;
mod session;
mod utf8_offers;

pub use intake::Intake;
pub use limits::Limits;
pub use listener::{ListenerOptions, Mode, TlsConfig};
pub use local::{LocalMessage, LocalOutcome, converse};
pub use server::Server;
