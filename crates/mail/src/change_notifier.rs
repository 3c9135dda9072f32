//! Notification of changes in this process.

use std::sync::Arc;

use tokio::sync::watch;

/// Notifies background tasks of changed settings, grants, webhooks, and data centers. They detect
/// changes by other servers by polling.
#[derive(Clone, Debug, Default)]
pub struct ChangeNotifier(Arc<watch::Sender<u64>>);

impl ChangeNotifier {
    /// Reports a change.
    pub(crate) fn notify(&self) {
        self.0.send_modify(|count| *count += 1);
    }

    /// Returns the number of changes so far.
    pub(crate) fn count(&self) -> u64 {
        *self.0.borrow()
    }

    /// Subscribes to changes from now on.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
