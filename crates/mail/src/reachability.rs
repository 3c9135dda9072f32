//! Reachability of the database, checked before requests need it.
//!
//! The network to a database on another machine may fail silently. A query then waits for its
//! response, and so does its caller. A separate connection therefore pings the database once per
//! second, and requests are rejected while it does not respond.

use std::time::Duration;

use store::Store;
use tokio::{sync::watch, time::sleep};

/// Interval between pings. Together with the timeout of [`store::Store::ping`], it stays below five
/// seconds.
const PING_INTERVAL: Duration = Duration::from_secs(1);

/// Reachability of the database.
#[derive(Debug)]
pub struct Reachability {
    store: Store,
    is_reachable: watch::Sender<bool>,
}

impl Reachability {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            is_reachable: watch::Sender::new(true),
        }
    }

    /// Pings the database once per second until the future is dropped.
    pub async fn watch(&self) {
        loop {
            let answer = self.store.ping().await;
            let is_there = answer.is_ok();
            let changed = self.is_reachable.send_if_modified(|known| {
                let changed = *known != is_there;
                *known = is_there;
                changed
            });
            match answer {
                Err(error) if changed => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "database unreachable");
                }
                Ok(()) if changed => tracing::info!("database reachable again"),
                _ => {}
            }
            sleep(PING_INTERVAL).await;
        }
    }

    /// Returns true if the database answered the last ping.
    pub fn is_reachable(&self) -> bool {
        *self.is_reachable.borrow()
    }

    /// Completes when the database becomes unreachable.
    pub async fn unreachable(&self) {
        let mut reachable = self.is_reachable.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let _ = reachable.wait_for(|reachable| !reachable).await;
    }
}
