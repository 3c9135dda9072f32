//! Detection of changes that affect mailbox polling: immediate for changes in this process, and
//! within a minute for those of other processes.

use std::time::Duration;

use domain::{DataCenterId, UnixTime};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::{MailError, Mailer};

/// Interval between checks for changes by another process.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Notifies tasks of changes in this process.
#[derive(Debug, Default)]
pub(crate) struct Attention(watch::Sender<()>);

impl Attention {
    /// Signals that settings, a grant, a webhook, or a data center changed.
    pub(crate) fn call(&self) {
        self.0.send_replace(());
    }

    /// Subscribes to changes from now on.
    pub(crate) fn listen(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}

/// The state that determines how the mail of a data center is read. Two values differ if something
/// changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deciding {
    settings: Option<i64>,
    authorized_at: Option<UnixTime>,
    hook: Option<String>,
}

impl Mailer {
    /// Subscribes to changes of settings, grants, webhooks, and data centers in this process.
    pub fn listen_for_changes(&self) -> watch::Receiver<()> {
        self.0.attention.listen()
    }

    /// Returns the current state that determines how the mail of a data center is read.
    pub(crate) async fn deciding(&self, id: &DataCenterId) -> Result<Deciding, MailError> {
        let settings = self.store().settings_view(id).await?;
        let grant = self.store().grant_summary(id).await?;
        Ok(Deciding {
            settings: settings.map(|(version, _)| version),
            authorized_at: grant.map(|grant| grant.authorized_at),
            hook: self.store().mail_hook_version(id).await?,
        })
    }

    /// Waits until the state differs from `before`, for at most `patience`. Returns true if it
    /// does. `attention` signals changes in this process. Subscribe to it before reading `before`,
    /// or a change in between is missed.
    pub(crate) async fn decided_anew(
        &self,
        id: &DataCenterId,
        before: &Deciding,
        attention: &mut watch::Receiver<()>,
        patience: Duration,
    ) -> bool {
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            tokio::select! {
                () = sleep(left.min(LOOK_EVERY)) => {}
                // The sender is dropped only when the process ends.
                Ok(()) = attention.changed() => {}
            }
            // If the database fails, the state is unknown. This does not cause extra queries.
            if self.deciding(id).await.is_ok_and(|now| now != *before) {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
        }
    }

    /// Waits until the state differs from `before`, without a timeout.
    pub(crate) async fn until_decided_anew(
        &self,
        id: &DataCenterId,
        before: &Deciding,
        attention: &mut watch::Receiver<()>,
    ) {
        while !self.decided_anew(id, before, attention, LOOK_EVERY).await {}
    }
}
