//! Disk space of a SQLite database: refuses new mail before the disk is full, and truncates the
//! write-ahead log.

use std::time::Duration;

use domain::{AlertFacts, AlertKind};
use store::DiskState;
use tokio::time::{Instant, sleep};

use crate::{MailError, Mailer};

/// Interval between measurements of free space.
const MEASURE_EVERY: Duration = Duration::from_secs(2);
/// Interval between truncations of the write-ahead log, which contains removed data until then.
const TRUNCATE_EVERY: Duration = Duration::from_secs(30);
/// Wait before the next try when a reader blocked the truncation.
const TRUNCATE_AGAIN: Duration = Duration::from_secs(2);

impl Mailer {
    /// Monitors the disk until the future is dropped.
    pub async fn keep_watching_disk(&self) {
        let measure = async {
            loop {
                self.measure_disk().await;
                sleep(MEASURE_EVERY).await;
            }
        };
        let truncate = async {
            loop {
                let again = match self.store().truncate_log().await {
                    Ok(true) => TRUNCATE_EVERY,
                    Ok(false) => TRUNCATE_AGAIN,
                    Err(error) => {
                        let error: &dyn std::error::Error = &error;
                        tracing::warn!(error, "cannot empty the log of the database");
                        TRUNCATE_EVERY
                    }
                };
                sleep(again).await;
            }
        };
        tokio::join!(measure, truncate);
    }

    /// Measures the free space once, and raises or resolves the condition about it.
    pub async fn measure_disk(&self) {
        match self.store().disk_state().await {
            Ok(None) => {}
            Ok(Some(state)) => self.judge_disk(state),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "cannot measure the free disk space");
            }
        }
    }

    fn judge_disk(&self, state: DiskState) {
        let facts = || AlertFacts {
            free_bytes: Some(state.free_bytes),
            ..AlertFacts::default()
        };
        let min = self.0.options.min_free_bytes;
        for (kind, limit) in [
            (AlertKind::DiskSpaceLow, min.saturating_mul(2)),
            (AlertKind::DiskFull, min),
        ] {
            // A tenth more space is needed to resolve the condition, so it does not flap.
            if state.free_bytes < limit {
                self.raise_server_condition(kind, facts());
            } else if state.free_bytes >= limit.saturating_add(limit / 10) {
                self.resolve_server_condition(kind);
            }
        }
        if state.read_only {
            self.raise_server_condition(AlertKind::DiskReadOnly, AlertFacts::default());
        } else {
            self.resolve_server_condition(AlertKind::DiskReadOnly);
        }
    }

    /// Checks that there is enough space to accept new mail.
    ///
    /// # Errors
    /// `MailRefused` if there is not.
    pub fn accepts_mail(&self) -> Result<(), MailError> {
        for kind in [AlertKind::DiskReadOnly, AlertKind::DiskFull] {
            if self.has_server_condition(kind) {
                return Err(MailError::MailRefused(kind));
            }
        }
        Ok(())
    }

    /// Records whether storing mail failed, for [`Mailer::ready`].
    pub(crate) fn stored_mail(&self, failed: bool) {
        *self.0.pulse.store_failed() = failed.then(Instant::now);
    }
}
