//! Background polling of mailboxes.

use std::{collections::HashSet, time::Duration};

use domain::{DataCenterId, FolderName};
use imap::Connection;
use store::MailReader;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::look::{Broken, Reading};
use crate::{MailError, MailWatch, Mailer, error::readable};

/// Interval between polls without a notification of new mail, because not every server sends
/// reliable ones.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Interval between checks for new data centers.
const TICK: Duration = Duration::from_secs(20);
/// Initial and maximum backoff after a failure.
const WAIT: (Duration, Duration) = (Duration::from_secs(10), Duration::from_mins(10));

/// A connection that is kept between polls, with the version of the settings it was made for.
struct Open {
    connection: Connection,
    version: i64,
    mailbox: String,
}

impl Mailer {
    /// Processes incoming mail of all mailboxes until the future is dropped.
    pub async fn read_incoming(&self) {
        let mut attending = JoinSet::new();
        let mut known = HashSet::new();
        let mut attention = self.0.attention.listen();
        loop {
            match self.data_centers().await {
                Ok(all) => {
                    for one in all {
                        if known.insert(one.id.clone()) {
                            let (mailer, id) = (self.clone(), one.id);
                            attending.spawn(async move {
                                let attend = || {
                                    let (mailer, id) = (mailer.clone(), id.clone());
                                    async move { mailer.attend(&id).await }
                                };
                                mailer.supervise("mailbox", attend).await
                            });
                        }
                    }
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "cannot tell which mailboxes there are");
                }
            }
            let _ = timeout(TICK, attention.changed()).await;
        }
    }

    /// Releases the mailboxes for other servers. Call this at shutdown.
    pub async fn leave_incoming(&self) {
        if let Err(error) = self.store().release_mail_cursors(&self.0.owner).await {
            // The leases expire by themselves.
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "cannot give the turns to read mail back");
        }
    }

    /// Polls one mailbox whenever it changes. Shares the folder watch with the mail page.
    async fn attend(&self, id: &DataCenterId) {
        let (mut open, mut wait, mut watch) = (None, WAIT.0, None);
        let mut attention = self.0.attention.listen();
        loop {
            // A change during the poll causes another one.
            attention.mark_unchanged();
            let seen = watch.as_ref().map_or(0, changes);
            let deciding = self.deciding(id).await;
            let looked = self.look_at(id, &mut open).await;
            let pause = match looked {
                Ok(()) => {
                    wait = WAIT.0;
                    watch = match (&open, watch) {
                        (None, _) => None,
                        (Some(_), None) => self.watch_mail(id, &FolderName::default()),
                        (Some(_), held) => held,
                    };
                    if let Some(watch) = &mut watch {
                        let new = watch.wait_for(|watch| watch.changes != seen);
                        tokio::select! {
                            told = timeout(LOOK_EVERY, new) => {
                                // The inner `Err` means that the watch has ended.
                                if !matches!(told, Ok(Err(_))) {
                                    continue;
                                }
                            }
                            _ = attention.changed() => continue,
                        }
                    }
                    watch = None;
                    LOOK_EVERY
                }
                Err(broken) => {
                    // A webhook failure does not affect the connection.
                    if !matches!(broken, Broken::Webhook(_)) {
                        open = None;
                    }
                    log(id, &broken);
                    let pause = wait;
                    wait = (wait * 2).min(WAIT.1);
                    pause
                }
            };
            match deciding {
                Ok(deciding) => {
                    if self
                        .decided_anew(id, &deciding, &mut attention, pause)
                        .await
                    {
                        wait = WAIT.0;
                    }
                }
                Err(_) => sleep(pause).await,
            }
        }
    }

    /// Polls the mailbox of a data center once, for each reader from its own cursor. Returns true
    /// if all mail was processed, and also if no mailbox is configured or another server polls it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read_mail(&self, id: &DataCenterId) -> Result<bool, MailError> {
        match self.look_at(id, &mut None).await {
            Ok(()) => Ok(true),
            Err(Broken::Mail(error)) => Err(error),
            Err(broken) => {
                log(id, &broken);
                Ok(false)
            }
        }
    }

    async fn look_at(&self, id: &DataCenterId, open: &mut Option<Open>) -> Result<(), Broken> {
        let view = self.store().settings_view(id).await?;
        let on = view.filter(|(_, settings)| settings.mailbox.is_some());
        let Some((version, settings)) = on else {
            *open = None;
            return Ok(());
        };
        if open.as_ref().is_none_or(|open| open.version != version) {
            let stored = readable(self.store().settings(id).await)?;
            let Some(stored) = stored.map_err(|finding| finding.code)? else {
                return Ok(());
            };
            let entered = self.enter_quietly(id, &stored.settings).await?;
            let mailbox = settings.mailbox.as_ref();
            *open = Some(Open {
                connection: entered.map_err(|finding| finding.code)?,
                version: stored.version,
                mailbox: mailbox
                    .map(|one| format!("{} {}", one.email, one.host))
                    .unwrap_or_default(),
            });
        }
        let Some(open) = open else {
            return Ok(());
        };
        let has_hook = self.hook_of(id).await?.is_some();
        let readers = [
            Some(MailReader::Bounces),
            has_hook.then_some(MailReader::Webhook),
        ];
        for reader in readers.into_iter().flatten() {
            let reading = Reading {
                id,
                reader,
                mailbox: &open.mailbox,
            };
            self.look(&reading, &mut open.connection).await?;
        }
        Ok(())
    }
}

fn changes(watch: &watch::Receiver<MailWatch>) -> u64 {
    watch.borrow().changes
}

fn log(id: &DataCenterId, broken: &Broken) {
    match broken {
        Broken::Mailbox(code) => {
            let finding = code.code();
            tracing::warn!(data_center = %id, finding, "the mailbox cannot be read");
        }
        Broken::Webhook(failure) => {
            let failure = failure.code();
            tracing::warn!(data_center = %id, failure, "the webhook does not take new mail");
        }
        Broken::Mail(error) => {
            let error: &dyn std::error::Error = error;
            tracing::error!(error, data_center = %id, "reading the mailbox broke off");
        }
    }
}
