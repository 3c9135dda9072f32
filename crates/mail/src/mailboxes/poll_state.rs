//! Detection of changes that affect mailbox polling: immediate for changes in this process, and
//! within a minute for those of other processes.

use std::time::Duration;

use domain::{DataCenterId, UnixTime};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use super::Mailboxes;
use crate::MailError;

/// Interval between checks for changes by another process.
const POLL_INTERVAL: Duration = Duration::from_mins(1);

/// The state that determines how the mail of a data center is read. Two values differ if something
/// changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PollState {
    settings: Option<i64>,
    authorized_at: Option<UnixTime>,
    webhook: Option<String>,
}

impl Mailboxes {
    /// Returns the current state that determines how the mail of a data center is read.
    pub(crate) async fn poll_state(&self, id: &DataCenterId) -> Result<PollState, MailError> {
        let settings = self.store.settings_view(id).await?;
        let grant = self.store.grant_summary(id).await?;
        Ok(PollState {
            settings: settings.map(|(version, _)| version),
            authorized_at: grant.map(|grant| grant.authorized_at),
            webhook: self.store.inbound_webhook_version(id).await?,
        })
    }

    /// Waits until the state differs from `before`, for at most `timeout`. Returns true if it
    /// does. `changes` signals changes in this process. Subscribe to it before reading `before`,
    /// or a change in between is missed.
    pub(crate) async fn wait_for_change(
        &self,
        id: &DataCenterId,
        before: &PollState,
        changes: &mut watch::Receiver<u64>,
        timeout: Duration,
    ) -> bool {
        let until = Instant::now() + timeout;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            tokio::select! {
                () = sleep(left.min(POLL_INTERVAL)) => {}
                // The sender is dropped only when the process ends.
                Ok(()) = changes.changed() => {}
            }
            // If the database fails, the state is unknown. This does not cause extra queries.
            if self.poll_state(id).await.is_ok_and(|now| now != *before) {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
        }
    }

    /// Waits until the state differs from `before`, without a timeout.
    pub(crate) async fn until_change(
        &self,
        id: &DataCenterId,
        before: &PollState,
        changes: &mut watch::Receiver<u64>,
    ) {
        while !self
            .wait_for_change(id, before, changes, POLL_INTERVAL)
            .await
        {}
    }
}
