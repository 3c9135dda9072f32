//! Background polling of mailboxes.

use std::{collections::HashSet, sync::Arc, time::Duration};

use domain::{DataCenterId, FolderName};
use imap::Connection;
use store::MailReader;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    Inbound,
    poll::{Interruption, Reading},
};
use crate::{
    MailError, MailWatch,
    backoff::{Backoff, Failures},
    error::readable,
};

/// Interval between polls without a notification of new mail, because not every server sends
/// reliable ones.
const POLL_INTERVAL: Duration = Duration::from_mins(1);
/// Interval between checks for new data centers.
const TICK: Duration = Duration::from_secs(20);
/// Wait after failures.
const RETRY: Backoff = Backoff::new(Duration::from_secs(10), Duration::from_mins(10));

/// A connection that is kept between polls, with the version of the settings it was made for.
struct Open {
    connection: Connection,
    version: i64,
    mailbox: String,
}

impl Inbound {
    /// Processes incoming mail of all mailboxes until the future is dropped.
    pub async fn run(self: &Arc<Self>) {
        let mut pollers = JoinSet::new();
        let mut known = HashSet::new();
        let mut changes = self.changes.subscribe();
        loop {
            match self.settings.data_centers().await {
                Ok(all) => {
                    for one in all {
                        if known.insert(one.id.clone()) {
                            let (inbound, id) = (Arc::clone(self), one.id);
                            pollers.spawn(async move {
                                let poll = || {
                                    let (inbound, id) = (Arc::clone(&inbound), id.clone());
                                    async move { inbound.poll_repeatedly(&id).await }
                                };
                                inbound.supervisor.supervise("mailbox", poll).await
                            });
                        }
                    }
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "reading data centers failed");
                }
            }
            let _ = timeout(TICK, changes.changed()).await;
        }
    }

    /// Releases the mailboxes for other servers. Call this at shutdown.
    pub async fn release(&self) {
        if let Err(error) = self.store.release_mail_cursors(self.leases.owner()).await {
            // The leases expire by themselves.
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "mailbox leases not released");
        }
    }

    /// Polls one mailbox whenever it changes. Shares the folder watch with the mail page.
    async fn poll_repeatedly(&self, id: &DataCenterId) {
        let (mut open, mut failures, mut watch) = (None, Failures::new(RETRY), None);
        let mut changes = self.changes.subscribe();
        loop {
            // A change during the poll causes another one.
            changes.mark_unchanged();
            let seen = watch.as_ref().map_or(0, change_count);
            let state = self.mailboxes.poll_state(id).await;
            let polled = self.poll_all(id, &mut open).await;
            let pause = match polled {
                Ok(()) => {
                    failures.reset();
                    watch = match (&open, watch) {
                        (None, _) => None,
                        (Some(_), None) => self.mailboxes.watch(id, &FolderName::default()),
                        (Some(_), held) => held,
                    };
                    if let Some(watch) = &mut watch {
                        let new = watch.wait_for(|watch| watch.changes != seen);
                        tokio::select! {
                            notified = timeout(POLL_INTERVAL, new) => {
                                // The inner `Err` means that the watch has ended.
                                if !matches!(notified, Ok(Err(_))) {
                                    continue;
                                }
                            }
                            _ = changes.changed() => continue,
                        }
                    }
                    watch = None;
                    POLL_INTERVAL
                }
                Err(interruption) => {
                    // A webhook failure does not affect the connection.
                    if !matches!(interruption, Interruption::Webhook(_)) {
                        open = None;
                    }
                    log(id, &interruption);
                    failures.next_wait()
                }
            };
            match state {
                Ok(state) => {
                    if self
                        .mailboxes
                        .wait_for_change(id, &state, &mut changes, pause)
                        .await
                    {
                        failures.reset();
                    }
                }
                Err(_) => sleep(pause).await,
            }
        }
    }

    /// Polls the mailbox of a data center once, for each reader from its own cursor. Returns true
    /// if all mail was processed. Also returns true if no mailbox is configured or another server
    /// polls it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn poll(&self, id: &DataCenterId) -> Result<bool, MailError> {
        match self.poll_all(id, &mut None).await {
            Ok(()) => Ok(true),
            Err(Interruption::Mail(error)) => Err(error),
            Err(interruption) => {
                log(id, &interruption);
                Ok(false)
            }
        }
    }

    async fn poll_all(
        &self,
        id: &DataCenterId,
        open: &mut Option<Open>,
    ) -> Result<(), Interruption> {
        let view = self.store.settings_view(id).await?;
        let on = view.filter(|(_, settings)| settings.mailbox.is_some());
        let Some((version, settings)) = on else {
            *open = None;
            return Ok(());
        };
        if open.as_ref().is_none_or(|open| open.version != version) {
            let Some(stored) = readable(self.store.settings(id).await)? else {
                return Ok(());
            };
            let connection = self.mailboxes.connect_quietly(id, &stored.settings).await?;
            let mailbox = settings.mailbox.as_ref();
            *open = Some(Open {
                connection,
                version: stored.version,
                mailbox: mailbox
                    .map(|one| format!("{} {}", one.email, one.host))
                    .unwrap_or_default(),
            });
        }
        let Some(open) = open else {
            return Ok(());
        };
        let has_webhook = self.webhook_of(id).await?.is_some();
        let readers = [
            Some(MailReader::Bounces),
            has_webhook.then_some(MailReader::Webhook),
        ];
        for reader in readers.into_iter().flatten() {
            let reading = Reading {
                id,
                reader,
                mailbox: &open.mailbox,
            };
            self.poll_reader(&reading, &mut open.connection).await?;
        }
        Ok(())
    }
}

fn change_count(watch: &watch::Receiver<MailWatch>) -> u64 {
    watch.borrow().changes
}

fn log(id: &DataCenterId, interruption: &Interruption) {
    match interruption {
        Interruption::Mailbox(code) => {
            let finding = code.code();
            tracing::warn!(data_center = %id, finding, "mailbox poll failed");
        }
        Interruption::Webhook(failure) => {
            let failure = failure.code();
            tracing::warn!(data_center = %id, failure, "new-mail webhook failed");
        }
        Interruption::Mail(error) => {
            let error: &dyn std::error::Error = error;
            tracing::error!(error, data_center = %id, "mailbox poll failed");
        }
    }
}
