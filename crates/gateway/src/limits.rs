//! Limits on clients.

use std::{num::NonZeroU32, time::Duration};

use listener::ConnectionLimits;

/// Limits on time, size, and number. Tests use shorter times.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open connections.
    pub connections: ConnectionLimits,
    /// Time for a TLS handshake.
    pub handshake: Duration,
    /// Time from the greeting to the end of the sign-in.
    pub before_sign_in: Duration,
    /// Time in which a client or the mail server must accept octets.
    pub write: Duration,
    /// Time without an octet in either direction after which a session ends. RFC 9051 §5.4 requires
    /// at least 30 minutes; clients that use IDLE send something after 29 (RFC 2177 §3).
    pub idle: Duration,
    /// Time for the rest of the mail server's octets after the client has closed its side.
    pub drain: Duration,
    /// Interval at which the right of a sender is verified in an open session.
    pub verify: Duration,
    /// Commands before the sign-in, per connection.
    pub commands: u32,
    /// Rejected commands per connection.
    pub errors: u32,
    /// Failed sign-ins per connection.
    pub failed_sign_ins: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: ConnectionLimits {
                total: 1_024,
                per_address: NonZeroU32::new(512),
                proxy_header: Duration::from_secs(5),
            },
            handshake: Duration::from_secs(30),
            before_sign_in: Duration::from_mins(2),
            write: Duration::from_mins(2),
            idle: Duration::from_mins(31),
            drain: Duration::from_secs(10),
            verify: Duration::from_mins(1),
            commands: 100,
            errors: 10,
            failed_sign_ins: 3,
        }
    }
}
