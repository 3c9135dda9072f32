//! Mailbox operations for pages and the API.

use std::future::Future;

use domain::{DataCenterId, FindingCode, Folder, FolderName, Mail, MailId, MailPage, MailQuery};
use imap::Mailbox;
use message::{AttachmentFile, attachment, read_mail};
use tokio::{task::spawn_blocking, time::timeout};

use super::{MailboxError, Mailboxes, pool::PooledSession};
use crate::MailError;

/// Maximum number of bytes to read of a message for display.
const MAX_DISPLAYED_BYTES: u32 = 4 * 1024 * 1024;
/// Maximum number of bytes to read of a message for its attachments or its source. Providers accept
/// messages of 25 to 35 MB.
const MAX_SOURCE_BYTES: u32 = 40 * 1024 * 1024;

impl Mailboxes {
    /// Returns true if a data center has a mailbox configured.
    ///
    /// # Errors
    /// If the data center does not exist, or the database fails.
    pub async fn is_configured(&self, id: &DataCenterId) -> Result<bool, MailError> {
        match self.settings(id).await {
            Ok(_) => Ok(true),
            Err(MailboxError::Mail(error)) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Returns the folders of the mailbox.
    ///
    /// # Errors
    /// [`MailboxError::Off`], or the error of the mailbox.
    pub async fn folders(&self, id: &DataCenterId) -> Result<Vec<Folder>, MailboxError> {
        self.in_time(id, async {
            let mut pooled = self.session(id, true).await?;
            let mut folders = pooled.session.folders().await;
            if !pooled.is_new && is_lost(&folders) {
                drop(pooled);
                pooled = self.session(id, false).await?;
                folders = pooled.session.folders().await;
            }
            self.return_session(pooled, folders)
        })
        .await
    }

    /// Returns a page of the messages in a folder.
    ///
    /// # Errors
    /// [`MailboxError::Renumbered`] if the query's position has an earlier UIDVALIDITY; those of
    /// [`Self::folders`].
    pub async fn page(
        &self,
        id: &DataCenterId,
        query: &MailQuery,
    ) -> Result<MailPage, MailboxError> {
        self.in_time(id, async {
            let mut pooled = self.opened(id, &query.folder).await?;
            let page = pooled.session.list(query).await;
            self.return_session(pooled, page)
        })
        .await
    }

    /// Returns one message, or its start if it is large.
    ///
    /// # Errors
    /// Those of [`Self::page`]; [`MailboxError::NoMail`].
    pub async fn message(
        &self,
        id: &DataCenterId,
        folder: &FolderName,
        mail: MailId,
    ) -> Result<Mail, MailboxError> {
        self.in_time(id, async {
            let mut pooled = self.opened(id, folder).await?;
            let read = async {
                let summary = pooled.session.summary_of(mail).await?;
                let raw = pooled.session.read(mail, MAX_DISPLAYED_BYTES).await?;
                Ok((summary, raw))
            };
            let read = read.await;
            let (summary, raw) = self.return_session(pooled, read)?;
            // Parsing hostile mail may take long or panic, so it runs separately.
            let parsed = spawn_blocking(move || read_mail(summary, &raw)).await;
            parsed.map_err(|_| unreadable())
        })
        .await
    }

    /// Returns an attachment of a message. Numbers start at 1.
    ///
    /// # Errors
    /// Those of [`Self::message`]; [`MailboxError::TooLarge`], [`MailboxError::NoAttachment`].
    pub async fn attachment(
        &self,
        id: &DataCenterId,
        folder: &FolderName,
        mail: MailId,
        number: u32,
    ) -> Result<AttachmentFile, MailboxError> {
        let raw = self.source(id, folder, mail).await?;
        let found = spawn_blocking(move || attachment(&raw, number)).await;
        found
            .map_err(|_| unreadable())?
            .ok_or(MailboxError::NoAttachment)
    }

    /// Returns the source of a message.
    ///
    /// # Errors
    /// Those of [`Self::message`]; [`MailboxError::TooLarge`].
    pub async fn source(
        &self,
        id: &DataCenterId,
        folder: &FolderName,
        mail: MailId,
    ) -> Result<Vec<u8>, MailboxError> {
        self.in_time_for(2, id, async {
            let mut pooled = self.opened(id, folder).await?;
            let read = async {
                let summary = pooled.session.summary_of(mail).await?;
                if summary.size > MAX_SOURCE_BYTES {
                    return Err(MailboxError::TooLarge);
                }
                pooled.session.read(mail, MAX_SOURCE_BYTES).await
            };
            let read = read.await;
            self.return_session(pooled, read)
        })
        .await
    }

    /// Returns a session with an open folder. If the server has closed an idle session, a new one
    /// is opened.
    pub(super) async fn opened(
        &self,
        id: &DataCenterId,
        folder: &FolderName,
    ) -> Result<PooledSession, MailboxError> {
        let mut pooled = self.session(id, true).await?;
        let mut opened = pooled.session.examine(folder).await;
        if !pooled.is_new && is_lost(&opened) {
            drop(pooled);
            pooled = self.session(id, false).await?;
            opened = pooled.session.examine(folder).await;
        }
        match opened {
            Ok(()) => Ok(pooled),
            Err(error) => self.return_session(pooled, Err(error)),
        }
    }

    /// Limits an operation to the duration of a check.
    pub(super) async fn in_time<T>(
        &self,
        id: &DataCenterId,
        work: impl Future<Output = Result<T, MailboxError>>,
    ) -> Result<T, MailboxError> {
        self.in_time_for(1, id, work).await
    }

    /// Limits an operation to the duration of this number of checks.
    async fn in_time_for<T>(
        &self,
        checks: u32,
        id: &DataCenterId,
        work: impl Future<Output = Result<T, MailboxError>>,
    ) -> Result<T, MailboxError> {
        if let Ok(done) = timeout(self.timeouts.check * checks, work).await {
            return done;
        }
        let stored = self.settings(id).await?;
        let mailbox = Mailbox::of(&stored.settings).ok_or(MailboxError::Off)?;
        Err(mailbox.finding(FindingCode::Timeout).into())
    }
}

fn is_lost<T>(outcome: &Result<T, MailboxError>) -> bool {
    matches!(outcome, Err(error) if error.is_lost_connection())
}

/// Returns the error for a message whose parser panicked. The log contains the details.
fn unreadable() -> MailboxError {
    domain::Finding::new(FindingCode::MailUnreadable).into()
}
