//! Whether the database can be reached, known before a request asks it.
//!
//! A database on another machine may vanish without a trace: a query waits for its answer, and so does whoever asked. The
//! database is therefore asked once a second over a connection of its own, and requests are refused while it is silent.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

use crate::Mailer;

/// How often the database is asked. Together with the time that [`store::Store::ping`] takes, less than five seconds.
const PING_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Reachability(watch::Sender<bool>);

impl Default for Reachability {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Mailer {
    /// Asks the database once a second whether it is there, until the future is dropped.
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

    /// Returns true if the database answered the last time it was asked.
    pub fn database_is_reachable(&self) -> bool {
        *self.0.reachability.0.borrow()
    }

    /// Returns when the database cannot be reached.
    pub async fn database_unreachable(&self) {
        let mut reachable = self.0.reachability.0.subscribe();
        // The sender lives as long as this.
        let _ = reachable.wait_for(|reachable| !reachable).await;
    }
}
