//! New mail as it comes: IDLE (RFC 2177), or a look now and then where a server has not got it. One session for each folder
//! that somebody watches, whoever they are.

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

/// IDLE is asked for anew this often: some networks forget connections on which nothing is said.
const IDLE_FOR: Duration = Duration::from_mins(4);
/// Between two looks at a server without IDLE.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// After a failure, at first and at most.
const WAIT: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(2));
/// Folders that are watched at once in one data center; the others are not.
const FOLDERS_AT_MOST: usize = 4;

/// What is known of a folder that is watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailWatch {
    /// Grows each time that something has changed.
    pub changes: u64,
    /// Why nothing is known at the moment.
    pub trouble: Option<Box<Finding>>,
}

type Key = (DataCenterId, FolderName);

/// The folders that are watched.
#[derive(Debug, Default)]
pub(crate) struct Watches(Mutex<HashMap<Key, watch::Sender<MailWatch>>>);

impl Watches {
    /// Listens to a folder; the sender when nobody did before. `None` when there are too many.
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
    /// Tells when the mail of a folder has changed, as long as somebody listens. `None` when too many folders are watched.
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

    /// Goes on until it is dropped.
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
                // What is off or gone is told by the page itself.
                _ => None,
            };
            sender.send_modify(|watch| watch.trouble = finding);
            if began.elapsed() > IDLE_FOR {
                wait = WAIT.0;
            }
            let anew = self.decided_anew(id, &deciding, &mut attention, wait);
            wait = if anew.await {
                WAIT.0
            } else {
                (wait * 2).min(WAIT.1)
            };
        }
    }

    /// Watches until something fails.
    async fn watch_folder(
        &self,
        id: &DataCenterId,
        folder: &FolderName,
        sender: &watch::Sender<MailWatch>,
    ) -> Result<Infallible, MailboxError> {
        let stored = self.mail_settings(id).await?;
        let mut session = Session::begin(self, id, &stored.settings).await?;
        session.examine(folder).await?;
        // Something may have come while nobody looked.
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
    /// Waits until messages come or go, or for a while. Whether they did.
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
