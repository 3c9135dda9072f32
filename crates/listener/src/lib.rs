//! Listeners, limits, and TLS of the servers for programs and devices: SMTP and IMAP.
//!
//! The crate knows no protocol. A [`Service`] serves the connections that [`accept()`] lets in.
//! [`Input`] splits what a client sends into lines, and [`Exchange`] is SASL as a server. Start
//! reading at [`accept()`].

mod accept;
mod auth;
mod line;
mod options;
mod peer;
mod proxy;
mod slots;
mod stream;
mod tls;

pub use accept::{Accepted, Listener, Refusal, Refused, Service, accept};
pub use auth::{Credentials, Exchange, Next, begin};
pub use line::{Input, Line, MAX_LINE};
pub use options::{ListenerOptions, Mode};
pub use peer::Peer;
pub use slots::{ConnectionLimits, Slot, Slots};
pub use stream::{HANDSHAKE, Stream, linger};
pub use tls::TlsConfig;
