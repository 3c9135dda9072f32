//! How mail is delivered.

use std::time::Duration;

use domain::DataCenterId;

/// How a [`Mailer`](crate::Mailer) delivers what is in the outbox.
#[derive(Clone, Debug)]
pub struct OutboxOptions {
    /// Connections of this server to the mail server of each data center.
    pub connections: u32,
    /// How long a claim lasts unless it is renewed, which happens three times meanwhile: seconds of the database's time.
    pub lease: u32,
    /// After this long an attempt that fails is the last one: seconds.
    pub give_up_after: i64,
    /// Octets of messages that may wait for one API key; more are refused. `None`: no limit.
    pub waiting_per_key: Option<u64>,
    /// Only mail of these is sent; of all when there are none.
    pub data_centers: Vec<DataCenterId>,
    /// How often it is looked for mail that another server has taken, or that has become due.
    pub poll: Duration,
    /// How long a connection is kept open without a message.
    pub idle: Duration,
    /// For each reply of the mail server but the last (RFC 5321 §4.5.3.2).
    pub reply: Duration,
    /// For a message to be written, and for the reply to it.
    pub message: Duration,
    /// How long what is under way may go on when the server stops.
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
