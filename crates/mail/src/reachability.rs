//! Reachability of the database, known before a request uses it.
//!
//! The network to a database on another machine may fail silently. A query then waits for its
//! response, and so does the caller. A separate connection therefore pings the database once a
//! second, and requests are rejected while it does not respond.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

use crate::Mailer;

/// Interval between pings. Together with the time limit of [`store::Store::ping`], it stays below
/// five seconds.
const PING_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Reachability(watch::Sender<bool>);

impl Default for Reachability {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Mailer {
    /// Pings the database once a second until the future is dropped.
    pub async fn keep_pinging_database(&self) {
        loop {
            let answer = self.store().ping().await;
            let is_there = answer.is_ok();
            let changed = self.0.reachability.0.send_if_modified(|known| {
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
            sleep(PING_EVERY).await;
        }
    }

    /// Returns true if the database answered the last ping.
    pub fn database_is_reachable(&self) -> bool {
        *self.0.reachability.0.borrow()
    }

    /// Completes when the database cannot be reached.
    pub async fn database_unreachable(&self) {
        let mut reachable = self.0.reachability.0.subscribe();
        // The sender lives as long as `self`.
        let _ = reachable.wait_for(|reachable| !reachable).await;
    }
}
