//! Checks in other processes: on another server with the same database, on the command line, or on
//! this server before a restart.

use std::time::Duration;

use domain::{CheckId, CheckReport};
use tokio::time::{Instant, sleep};

use super::Doctor;
use crate::MailError;

/// Interval between queries for the progress of a check.
const POLL: Duration = Duration::from_millis(300);

impl Doctor {
    /// Stops a check and waits for its end, even if another process runs it. Returns false if there
    /// is no such check or it has ended.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stop(&self, id: &CheckId) -> Result<bool, MailError> {
        let is_here = self.checks.get(id).is_some();
        let requested = if is_here {
            self.cancel(id)
        } else {
            self.store.ask_check_to_stop(id).await?
        };
        if requested {
            self.finish(id).await?;
        }
        Ok(requested)
    }

    /// Interrupts the checks of this process because it is stopping, and waits until their reports
    /// are stored.
    pub async fn interrupt_all(&self) {
        for run in self.checks.interrupt_all() {
            run.feed.finished().await;
        }
    }

    /// Waits for the end of a check of another process. Marks it as interrupted if its heartbeat
    /// stops.
    pub(super) async fn finish_elsewhere(
        &self,
        id: &CheckId,
    ) -> Result<Option<CheckReport>, MailError> {
        let mut seen = None;
        let mut since = Instant::now();
        while let Some(progress) = self.store.check_progress(id).await? {
            if progress.has_ended {
                return Ok(Some(progress.report));
            }
            let heartbeats = progress.heartbeats;
            if seen != Some(heartbeats) {
                seen = Some(heartbeats);
                since = Instant::now();
            } else if since.elapsed() >= self.timeouts.check_silence {
                self.store.interrupt_check(id, heartbeats).await?;
                continue;
            }
            sleep(POLL).await;
        }
        Ok(None)
    }

    /// Returns true if a check started so long ago that a living process would have ended it.
    pub(super) fn is_overdue(&self, report: &CheckReport) -> bool {
        let timeouts = &self.timeouts;
        let longest = (timeouts.check + timeouts.check_silence).as_secs();
        let age = self.clock.now().since(report.started_at);
        u64::try_from(age).is_ok_and(|age| age > longest)
    }
}
