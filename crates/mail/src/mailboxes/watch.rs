//! Notification of new mail: IDLE (RFC 2177), or polling if the server does not support it. All
//! watchers of a folder share one session.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{DataCenterId, Finding, FolderName};
use imap::{Data, Reply};
use imap_codec::imap_types::command::CommandBody;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};

use super::Mailboxes;
use super::{MailboxError, session::Session};
use crate::backoff::{Backoff, Failures};

/// Time after which IDLE is restarted, because some networks drop idle connections.
const IDLE_TIMEOUT: Duration = Duration::from_mins(4);
/// Interval between polls of a server without IDLE.
const POLL_INTERVAL: Duration = Duration::from_secs(20);
/// Wait after failures.
const RETRY: Backoff = Backoff::new(Duration::from_secs(5), Duration::from_mins(2));
/// Maximum number of watched folders per data center. Further ones are not watched.
const MAX_FOLDERS: usize = 4;

/// State of a watched folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailWatch {
    /// Increases with each change.
    pub changes: u64,
    /// Error that prevents watching at the moment.
    pub trouble: Option<Box<Finding>>,
}

type Key = (DataCenterId, FolderName);

/// All watched folders.
#[derive(Debug, Default)]
pub(crate) struct Watches(Mutex<HashMap<Key, watch::Sender<MailWatch>>>);

impl Watches {
    /// Subscribes to a folder. Returns the sender if it was not watched before, and `None` if too
    /// many folders are watched.
    fn listen(
        &self,
        key: &Key,
    ) -> Option<(watch::Receiver<MailWatch>, Option<watch::Sender<MailWatch>>)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, sender| sender.receiver_count() > 0);
        if let Some(sender) = all.get(key) {
            return Some((sender.subscribe(), None));
        }
        if all.keys().filter(|(id, _)| *id == key.0).count() >= MAX_FOLDERS {
            return None;
        }
        let (sender, receiver) = watch::channel(MailWatch::default());
        all.insert(key.clone(), sender.clone());
        Some((receiver, Some(sender)))
    }
}

impl Mailboxes {
    /// Watches a folder for changes while the receiver exists. Returns `None` if too many folders
    /// are watched.
    pub fn watch(
        self: &Arc<Self>,
        id: &DataCenterId,
        folder: &FolderName,
    ) -> Option<watch::Receiver<MailWatch>> {
        let key = (id.clone(), folder.clone());
        let (receiver, new) = self.watches.listen(&key)?;
        if let Some(sender) = new {
            let mailboxes = Arc::clone(self);
            tokio::spawn(async move {
                let watch = || {
                    let (mailboxes, key, sender) =
                        (Arc::clone(&mailboxes), key.clone(), sender.clone());
                    async move { mailboxes.keep_watching(&key, &sender).await }
                };
                tokio::select! {
                    () = sender.closed() => {}
                    never = mailboxes.supervisor.supervise("folder watch", watch) => match never {},
                }
            });
        }
        Some(receiver)
    }

    /// Watches a folder with retries until the future is dropped.
    async fn keep_watching(&self, (id, folder): &Key, sender: &watch::Sender<MailWatch>) {
        let mut failures = Failures::new(RETRY);
        let mut changes = self.changes.subscribe();
        loop {
            let began = Instant::now();
            changes.mark_unchanged();
            let Ok(state) = self.poll_state(id).await else {
                sleep(RETRY.after(1)).await;
                continue;
            };
            let watched = tokio::select! {
                watched = self.watch_folder(id, folder, sender) => watched,
                () = self.until_change(id, &state, &mut changes) => continue,
            };
            let Err(error) = watched;
            let finding = match error {
                MailboxError::Failed(finding) => Some(finding),
                // The page itself reports that the mailbox is off or missing.
                _ => None,
            };
            sender.send_modify(|watch| watch.trouble = finding);
            if began.elapsed() > IDLE_TIMEOUT {
                failures.reset();
            }
            let wait = failures.next_wait();
            if self.wait_for_change(id, &state, &mut changes, wait).await {
                failures.reset();
            }
        }
    }

    /// Watches a folder until an error occurs.
    async fn watch_folder(
        &self,
        id: &DataCenterId,
        folder: &FolderName,
        sender: &watch::Sender<MailWatch>,
    ) -> Result<Infallible, MailboxError> {
        let stored = self.settings(id).await?;
        let mut session = Session::begin(self, id, &stored.settings).await?;
        session.examine(folder).await?;
        // Mail may have arrived while the folder was not watched.
        sender.send_modify(|watch| {
            watch.changes += 1;
            watch.trouble = None;
        });
        loop {
            if session.await_change().await? {
                sender.send_modify(|watch| watch.changes += 1);
            }
        }
    }
}

impl Session {
    /// Waits until messages arrive or disappear, or for a limited time. Returns true if they did.
    async fn await_change(&mut self) -> Result<bool, MailboxError> {
        let before = self.exists();
        if !self.connection.offers("IDLE") {
            sleep(POLL_INTERVAL).await;
            self.ask_for(CommandBody::Noop).await?;
            return Ok(self.exists() != before);
        }
        let begun = self.connection.begin_idle().await;
        match begun.map_err(|code| self.failed(code))? {
            Reply::Challenge(_) => {}
            Reply::Answer(answer) => {
                let code = domain::FindingCode::Refused;
                return Err(self.refused(code, &answer));
            }
        }
        let deadline = Instant::now() + IDLE_TIMEOUT;
        let mut changed = self.exists() != before;
        while !changed {
            match timeout_at(deadline, self.connection.client.unasked()).await {
                Ok(Ok(reported)) => {
                    changed = matches!(reported, Some(Data::Exists(_) | Data::Expunge(_)));
                }
                Ok(Err(error)) => return Err(self.failed(imap::no_reply(error))),
                Err(_) => break,
            }
        }
        let ended = self.connection.end_idle().await;
        ended.map_err(|code| self.failed(code))?;
        let _ = self.connection.take_received();
        Ok(changed)
    }
}
