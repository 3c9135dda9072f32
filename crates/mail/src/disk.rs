//! Disk space of a SQLite database. Refuses new mail before the disk is full, and truncates the
//! write-ahead log.

use std::{sync::Arc, time::Duration};

use domain::{AlertFacts, AlertKind};
use store::{DiskState, Store};
use tokio::time::sleep;

use crate::{MailError, ServerConditions};

/// Interval between measurements of free space.
const MEASURE_INTERVAL: Duration = Duration::from_secs(2);
/// Interval between truncations of the write-ahead log, which contains deleted data until then.
const TRUNCATE_INTERVAL: Duration = Duration::from_secs(30);
/// Wait before the next try when a reader blocked the truncation.
const TRUNCATE_RETRY: Duration = Duration::from_secs(2);

/// Monitors the disk of a SQLite database.
#[derive(Debug)]
pub struct Disk {
    store: Store,
    conditions: Arc<ServerConditions>,
    /// Free bytes below which new mail is refused.
    min_free_bytes: u64,
}

impl Disk {
    pub(crate) fn new(
        store: Store,
        conditions: Arc<ServerConditions>,
        min_free_bytes: u64,
    ) -> Self {
        Self {
            store,
            conditions,
            min_free_bytes,
        }
    }

    /// Monitors the disk until the future is dropped.
    pub async fn watch(&self) {
        let measure = async {
            loop {
                self.measure().await;
                sleep(MEASURE_INTERVAL).await;
            }
        };
        let truncate = async {
            loop {
                let again = match self.store.truncate_log().await {
                    Ok(true) => TRUNCATE_INTERVAL,
                    Ok(false) => TRUNCATE_RETRY,
                    Err(error) => {
                        let error: &dyn std::error::Error = &error;
                        tracing::warn!(error, "write-ahead log could not be truncated");
                        TRUNCATE_INTERVAL
                    }
                };
                sleep(again).await;
            }
        };
        tokio::join!(measure, truncate);
    }

    /// Measures the free space once, and raises or resolves the condition about it.
    pub async fn measure(&self) {
        match self.store.disk_state().await {
            Ok(None) => {}
            Ok(Some(state)) => self.update_conditions(state),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "free disk space could not be measured");
            }
        }
    }

    fn update_conditions(&self, state: DiskState) {
        let facts = || AlertFacts {
            free_bytes: Some(state.free_bytes),
            ..AlertFacts::default()
        };
        let min = self.min_free_bytes;
        for (kind, limit) in [
            (AlertKind::DiskSpaceLow, min.saturating_mul(2)),
            (AlertKind::DiskFull, min),
        ] {
            // A tenth more space is needed to resolve the condition, so it does not flap.
            if state.free_bytes < limit {
                self.conditions.raise(kind, facts());
            } else if state.free_bytes >= limit.saturating_add(limit / 10) {
                self.conditions.resolve(kind);
            }
        }
        if state.read_only {
            self.conditions
                .raise(AlertKind::DiskReadOnly, AlertFacts::default());
        } else {
            self.conditions.resolve(AlertKind::DiskReadOnly);
        }
    }

    /// Checks that there is enough space to accept new mail.
    ///
    /// # Errors
    /// `MailRefused` if there is not.
    pub fn accepts_mail(&self) -> Result<(), MailError> {
        for kind in [AlertKind::DiskReadOnly, AlertKind::DiskFull] {
            if self.conditions.has(kind) {
                return Err(MailError::MailRefused(kind));
            }
        }
        Ok(())
    }
}
