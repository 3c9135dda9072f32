//! Time limits of connections.

use std::time::Duration;

/// Time limits for the steps of one connection. Every step that waits for another machine has one.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Limits name resolution, connecting, and the TLS handshake, each.
    pub connect: Duration,
    /// Limits the wait for one reply of a mail server.
    pub reply: Duration,
    /// Limits the wait for the reply to a whole message. RFC 5321 §4.5.3.2.6 recommends ten
    /// minutes, but here a person is waiting.
    pub message: Duration,
}
