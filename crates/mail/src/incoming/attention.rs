//! Noticing that what decides on reading mail has changed: at once when it was changed here, within a minute when by another process.

use std::time::Duration;

use domain::{DataCenterId, UnixTime};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::{MailError, Mailer};

/// Between two looks at whether another process has changed something.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Told of changes by this process.
#[derive(Debug, Default)]
pub(crate) struct Attention(watch::Sender<()>);

impl Attention {
    /// Settings, a grant, a webhook or a data center have changed.
    pub(crate) fn call(&self) {
        self.0.send_replace(());
    }

    /// Hears of what changes from now on.
    pub(crate) fn listen(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}

/// What decides on reading the mail of a data center; it differs when something has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deciding {
    settings: Option<i64>,
    authorized_at: Option<UnixTime>,
    hook: Option<String>,
}

impl Mailer {
    /// Hears when settings, a grant, or a data center change in this process.
    pub fn listen_for_changes(&self) -> watch::Receiver<()> {
        self.0.attention.listen()
    }

    /// What decides on reading the mail of a data center now.
    pub(crate) async fn deciding(&self, id: &DataCenterId) -> Result<Deciding, MailError> {
        let settings = self.store().settings_view(id).await?;
        let grant = self.store().grant_summary(id).await?;
        Ok(Deciding {
            settings: settings.map(|(version, _)| version),
            authorized_at: grant.map(|grant| grant.authorized_at),
            hook: self.store().mail_hook_version(id).await?,
        })
    }

    /// Waits until something else decides than `before`, for at most `patience`; whether it does. Whether it changed here is told
    /// by `attention`, which was listened to before `before` was found out.
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
                // It ends with the process only.
                Ok(()) = attention.changed() => {}
            }
            // Without the database nothing is known, and it is not asked more often.
            if self.deciding(id).await.is_ok_and(|now| now != *before) {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
        }
    }

    /// The same with endless patience.
    pub(crate) async fn until_decided_anew(
        &self,
        id: &DataCenterId,
        before: &Deciding,
        attention: &mut watch::Receiver<()>,
    ) {
        while !self.decided_anew(id, before, attention, LOOK_EVERY).await {}
    }
}
