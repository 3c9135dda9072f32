//! A message on its way.

use std::sync::Arc;

use store::ClaimedMessage;

use super::lease::Lease;

/// A message that is claimed.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) message: ClaimedMessage,
    pub(super) lease: Arc<Lease>,
    /// Whether it has been counted for the limits.
    pub(super) counted: bool,
}

impl Job {
    pub(super) fn is_ours(&self) -> bool {
        self.lease.holds(&self.message.id)
    }
}
