//! A claimed message that waits for a connection.

use std::{sync::Arc, time::Duration};

use store::ClaimedMessage;

use super::lease::Lease;

/// A claimed message with its lease.
#[derive(Debug)]
pub(super) struct QueuedMessage {
    pub(super) message: ClaimedMessage,
    pub(super) lease: Arc<Lease>,
    /// True if the claimed message was counted toward the rate limits.
    pub(super) counted: bool,
}

impl QueuedMessage {
    /// Returns true if no other server may have claimed the message. `now` is the time since boot.
    pub(super) fn has_lease(&self, now: Duration) -> bool {
        self.lease.holds(&self.message.id, now)
    }
}
