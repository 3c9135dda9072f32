//! Notification of new mail: IDLE (RFC 2177), or polling if the server does not support it. All
//! watchers of a folder share one session.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{DataCenterId, Finding, FolderName};
use imap::Reply;
use imap_codec::imap_types::{command::CommandBody, response::Data};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout_at},
};

use super::{MailboxError, session::Session};
use crate::Mailer;

/// Time after which IDLE is restarted, because some networks drop idle connections.
const IDLE_FOR: Duration = Duration::from_mins(4);
/// Interval between polls of a server without IDLE.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Initial and maximum backoff after a failure.
const WAIT: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(2));
/// Maximum number of watched folders per data center. Further ones are not watched.
const FOLDERS_AT_MOST: usize = 4;

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
        if all.keys().filter(|(id, _)| *id == key.0).count() >= FOLDERS_AT_MOST {
            return None;
        }
        let (sender, receiver) = watch::channel(MailWatch::default());
        all.insert(key.clone(), sender.clone());
        Some((receiver, Some(sender)))
    }
}

impl Mailer {
    /// Watches a folder for changes while the receiver exists. Returns `None` if too many folders
    /// are watched.
    pub fn watch_mail(
        &self,
        id: &DataCenterId,
        folder: &FolderName,
    ) -> Option<watch::Receiver<MailWatch>> {
        let key = (id.clone(), folder.clone());
        let (receiver, new) = self.0.watches.listen(&key)?;
        if let Some(sender) = new {
            let mailer = Mailer(Arc::clone(&self.0));
            tokio::spawn(async move {
                let watch = || {
                    let (mailer, key, sender) = (mailer.clone(), key.clone(), sender.clone());
                    async move { mailer.keep_watching(&key, &sender).await }
                };
                tokio::select! {
                    () = sender.closed() => {}
                    never = mailer.supervise("folder watch", watch) => match never {},
                }
            });
        }
        Some(receiver)
    }

    /// Watches a folder with retries until the future is dropped.
    async fn keep_watching(&self, (id, folder): &Key, sender: &watch::Sender<MailWatch>) {
        let mut wait = WAIT.0;
        let mut attention = self.0.attention.listen();
        loop {
            let began = Instant::now();
            attention.mark_unchanged();
            let Ok(deciding) = self.deciding(id).await else {
                sleep(WAIT.0).await;
                continue;
            };
            let watched = tokio::select! {
                watched = self.watch_folder(id, folder, sender) => watched,
                () = self.until_decided_anew(id, &deciding, &mut attention) => continue,
            };
            let Err(error) = watched;
            let finding = match error {
                MailboxError::Failed(finding) => Some(finding),
                // The page itself reports that the mailbox is off or gone.
                _ => None,
            };
            sender.send_modify(|watch| watch.trouble = finding);
            if began.elapsed() > IDLE_FOR {
                wait = WAIT.0;
            }
            let decided = self.decided_anew(id, &deciding, &mut attention, wait);
            wait = if decided.await {
                WAIT.0
            } else {
                (wait * 2).min(WAIT.1)
            };
        }
    }

    /// Watches a folder until an error occurs.
    async fn watch_folder(
        &self,
        id: &DataCenterId,
        folder: &FolderName,
        sender: &watch::Sender<MailWatch>,
    ) -> Result<Infallible, MailboxError> {
        let stored = self.mail_settings(id).await?;
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
            sleep(LOOK_EVERY).await;
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
        let deadline = Instant::now() + IDLE_FOR;
        let mut changed = self.exists() != before;
        while !changed {
            match timeout_at(deadline, self.connection.client.unasked()).await {
                Ok(Ok(told)) => {
                    changed = matches!(told, Some(Data::Exists(_) | Data::Expunge(_)));
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
