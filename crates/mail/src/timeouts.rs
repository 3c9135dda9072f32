//! Timeouts of a mailer.

use std::time::Duration;

/// Timeouts of network operations.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Name resolution, connecting, and the TLS handshake, each.
    pub connect: Duration,
    /// One reply of a mail server.
    pub reply: Duration,
    /// The reply to a whole message. RFC 5321 §4.5.3.2.6 recommends ten minutes, but here a user is
    /// waiting.
    pub message: Duration,
    /// One response of a token endpoint.
    pub token: Duration,
    /// A whole check.
    pub check: Duration,
    /// Interval between heartbeats of a running check.
    pub check_heartbeat: Duration,
    /// Time without a heartbeat after which a check of another process counts as interrupted.
    pub check_silence: Duration,
    /// All DNS queries about one domain.
    pub dns: Duration,
}

impl Timeouts {
    /// Returns the timeouts of one connection.
    pub(crate) fn connection(&self) -> net::Timeouts {
        net::Timeouts {
            connect: self.connect,
            reply: self.reply,
            message: self.message,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            reply: Duration::from_secs(10),
            message: Duration::from_secs(10),
            token: Duration::from_secs(10),
            check: Duration::from_secs(28),
            check_heartbeat: Duration::from_secs(2),
            check_silence: Duration::from_secs(10),
            dns: Duration::from_secs(5),
        }
    }
}
