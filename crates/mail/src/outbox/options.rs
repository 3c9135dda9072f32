//! Options of mail delivery.

use std::time::Duration;

use domain::DataCenterId;

/// Options for the delivery of messages in the outbox.
#[derive(Clone, Debug)]
pub struct OutboxOptions {
    /// Maximum number of connections of this server to the mail server of each data center.
    pub connections: u32,
    /// Duration of a lease in seconds, by the database's time. A lease is renewed after each third
    /// of it.
    pub lease: u32,
    /// Age of a message in seconds after which a failed attempt is its last.
    pub give_up_after: i64,
    /// Maximum octets of waiting messages per API key. Further submissions are refused. `None`
    /// means no limit.
    pub waiting_per_key: Option<u64>,
    /// Data centers that this server sends for. Empty means all.
    pub data_centers: Vec<DataCenterId>,
    /// Interval between checks for due messages and for expired leases of other servers.
    pub poll: Duration,
    /// Time after which an idle connection is closed.
    pub idle: Duration,
    /// Timeout for each reply of the mail server except the last (RFC 5321 §4.5.3.2).
    pub reply: Duration,
    /// Timeout for sending a message and receiving the final reply.
    pub message: Duration,
    /// Grace period for running attempts when the server stops.
    pub grace: Duration,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self {
            connections: 4,
            lease: 60,
            give_up_after: 5 * 86_400,
            waiting_per_key: Some(1024 * 1024 * 1024),
            data_centers: Vec::new(),
            poll: Duration::from_secs(1),
            idle: Duration::from_secs(20),
            reply: Duration::from_mins(1),
            message: Duration::from_mins(10),
            grace: Duration::from_secs(8),
        }
    }
}
