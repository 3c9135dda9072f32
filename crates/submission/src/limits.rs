//! Limits on clients.

use std::{num::NonZeroU32, time::Duration};

/// Limits on time, size, and number. Tests use shorter times.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open connections in total.
    pub connections: usize,
    /// Open connections of one address. `None` means unlimited.
    pub per_address: Option<NonZeroU32>,
    /// Time in which a proxy must send the header of the PROXY protocol.
    pub proxy_header: Duration,
    /// Time before the greeting in which a client on the same machine must not send anything but a
    /// TLS handshake.
    pub early_loopback: Duration,
    /// The same for other clients, whose first packet takes a round trip longer.
    pub early: Duration,
    /// Time for a TLS handshake.
    pub handshake: Duration,
    /// Time to receive a command, from the reply before it (RFC 5321 §4.5.3.2.7).
    pub command: Duration,
    /// Time to receive a command from a client that has not signed in.
    pub command_before_sign_in: Duration,
    /// Time between two parts of a message (RFC 5321 §4.5.3.2.5).
    pub block: Duration,
    /// Time to receive a whole message.
    pub message: Duration,
    /// Time in which a client must accept a reply.
    pub write: Duration,
    /// Octets of a message.
    pub message_octets: usize,
    /// Recipients of a message.
    pub recipients: usize,
    /// Rejected commands per connection.
    pub errors: u32,
    /// Failed sign-ins per connection.
    pub failed_sign_ins: u32,
    /// Commands without effect, such as NOOP and RSET, between two messages.
    pub idle_commands: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 2_048,
            per_address: NonZeroU32::new(1_024),
            proxy_header: Duration::from_secs(5),
            early_loopback: Duration::from_millis(5),
            early: Duration::from_millis(50),
            handshake: Duration::from_secs(30),
            command: Duration::from_mins(5),
            command_before_sign_in: Duration::from_mins(1),
            block: Duration::from_mins(3),
            message: Duration::from_mins(15),
            write: Duration::from_secs(30),
            // As much as the HTTP API accepts.
            message_octets: 25 * 1_048_576,
            recipients: 1_000,
            errors: 20,
            failed_sign_ins: 3,
            idle_commands: 100,
        }
    }
}
