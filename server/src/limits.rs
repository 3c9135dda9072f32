//! Time and count limits for clients.

use std::{num::NonZeroU32, time::Duration};

use mail::BodyBudget;

/// Time and count limits. Tests use shorter times and allow more sign-ins.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time to receive the head of a request, and the longest idle time of a connection.
    pub header: Duration,
    /// Time in which a client must read some of the data sent to it.
    pub write: Duration,
    /// Time from the head of a request to the head of its response, including the request body.
    pub request: Duration,
    /// Burst of attempts at passwords, links, and keys from one address. After it, one per second
    /// is allowed.
    pub guesses: NonZeroU32,
    /// In-flight body budget in kibibytes: request bodies of submitted messages held in memory.
    pub body_budget_kib: u32,
    /// Time to wait for this budget.
    pub body_budget_timeout: Duration,
    /// Total number of open connections.
    pub connections: usize,
    /// Number of these that are reserved for health checks and the API.
    pub reserved: usize,
    /// Total number of open event streams.
    pub streams: NonZeroU32,
    /// Open event streams per session.
    pub streams_of_session: NonZeroU32,
}

impl Limits {
    /// Returns the in-flight body budget, which HTTP and SMTP share.
    pub(crate) fn body_budget(&self) -> BodyBudget {
        BodyBudget::new(self.body_budget_kib, self.body_budget_timeout)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(30),
            write: Duration::from_secs(30),
            request: Duration::from_mins(1),
            // Five messages of the largest size. Parsing and composing one takes several times its
            // size.
            body_budget_kib: 128 * 1_024,
            body_budget_timeout: Duration::from_secs(5),
            connections: 4_096,
            reserved: 256,
            streams: NonZeroU32::new(2_048).unwrap_or(NonZeroU32::MIN),
            streams_of_session: NonZeroU32::new(32).unwrap_or(NonZeroU32::MIN),
            guesses: NonZeroU32::new(30).unwrap_or(NonZeroU32::MIN),
        }
    }
}
