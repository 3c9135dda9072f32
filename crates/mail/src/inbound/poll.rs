//! One poll of a mailbox for mail after the cursor.

use std::num::NonZeroU32;

use domain::{DataCenterId, FindingCode, UnixTime, WebhookFailure};
use imap::{Connection, FolderState, MessageSummary};
use message::DeliveryStatus;
use store::{MailCursor, MailReader};

use super::Inbound;
use crate::{MailError, error::Failure};

/// Duration of a lease in seconds without renewal. Longer than the processing of one message takes.
const LEASE_SECONDS: i64 = 60;
/// Number of messages in one request.
const FETCH_WINDOW: u32 = 40;
/// Seconds before the last poll from which mail is processed again after UIDVALIDITY changed. The
/// margin covers servers that count days in another time zone.
const OVERLAP: i64 = 2 * 86_400;

/// Reason why a poll was aborted. Mail that it had processed stays processed.
#[derive(Debug)]
pub(super) enum Interruption {
    /// The mailbox cannot be read.
    Mailbox(FindingCode),
    /// The webhook did not accept a notification.
    Webhook(WebhookFailure),
    /// Internal error.
    Mail(MailError),
}

impl From<FindingCode> for Interruption {
    fn from(code: FindingCode) -> Self {
        Self::Mailbox(code)
    }
}

impl From<store::StoreError> for Interruption {
    fn from(error: store::StoreError) -> Self {
        Self::Mail(error.into())
    }
}

impl From<Failure> for Interruption {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Found(finding) => Self::Mailbox(finding.code),
            Failure::Internal(error) => Self::Mail(error),
        }
    }
}

impl From<MailError> for Interruption {
    fn from(error: MailError) -> Self {
        Self::Mail(error)
    }
}

/// The mailbox to poll, and the reader that polls it.
pub(super) struct Reading<'a> {
    pub(super) id: &'a DataCenterId,
    pub(super) reader: MailReader,
    /// Identifies the mailbox. UIDs of another one are meaningless.
    pub(super) mailbox: &'a str,
}

impl Inbound {
    /// Processes mail that arrived after the cursor, unless another server does. The first poll
    /// only sets the cursor.
    pub(super) async fn poll_reader(
        &self,
        reading: &Reading<'_>,
        connection: &mut Connection,
    ) -> Result<(), Interruption> {
        let Some(cursor) = self.lease_cursor(reading).await? else {
            return Ok(());
        };
        let numbering = connection.folder_state().await?;
        let mut cursor = self
            .start_cursor(reading, cursor, numbering, connection)
            .await?;
        self.store_cursor(reading, &cursor).await?;
        while let Some((first, last)) = window(&cursor, numbering) {
            let last = self.unreadable.last(reading, first, last);
            connection.examine_quietly().await?;
            let summaries = match connection.summaries(first, last).await {
                Ok(summaries) => summaries,
                Err(_) if self.skips(reading, first, last) => Vec::new(),
                Err(code) => return Err(code.into()),
            };
            for summary in summaries {
                // The cursor was changed meanwhile, for example by a new webhook, or another server
                // has the lease.
                if self.lease_cursor(reading).await? != Some(Some(cursor.clone())) {
                    return Ok(());
                }
                let handled = self.handle(reading, numbering, &summary, connection);
                if !handled.await? {
                    return Ok(());
                }
                cursor.last_uid = summary.uid.get();
                self.store_cursor(reading, &cursor).await?;
            }
            cursor.last_uid = last.get();
            cursor.looked_at = self.clock.now();
            self.store_cursor(reading, &cursor).await?;
        }
        cursor.looked_at = self.clock.now();
        self.store_cursor(reading, &cursor).await
    }

    /// Notes that messages could not be read. Returns true if there is only one and it failed
    /// several times, so that the ones after it are read.
    fn skips(&self, reading: &Reading<'_>, first: NonZeroU32, last: NonZeroU32) -> bool {
        let skips = self.unreadable.note(reading, first, last);
        if skips {
            let reader = reading.reader.code();
            tracing::warn!(data_center = %reading.id, reader, uid = first.get(), "unreadable message skipped");
        }
        skips
    }

    async fn lease_cursor(
        &self,
        reading: &Reading<'_>,
    ) -> Result<Option<Option<MailCursor>>, Interruption> {
        let (owner, now) = (self.leases.owner(), self.clock.database_now().await?);
        let cursor =
            self.store
                .lease_mail_cursor(reading.id, reading.reader, owner, now, LEASE_SECONDS);
        Ok(cursor.await?)
    }

    async fn store_cursor(
        &self,
        reading: &Reading<'_>,
        cursor: &MailCursor,
    ) -> Result<(), Interruption> {
        let owner = self.leases.owner();
        let stored = self
            .store
            .store_mail_cursor(reading.id, reading.reader, owner, cursor);
        // If the lease has expired, its new owner processes the same message again.
        stored.await?;
        Ok(())
    }

    /// Returns the cursor to continue from.
    async fn start_cursor(
        &self,
        reading: &Reading<'_>,
        cursor: Option<MailCursor>,
        now: FolderState,
        connection: &mut Connection,
    ) -> Result<MailCursor, Interruption> {
        let cursor_at = |last_uid, looked_at: UnixTime| MailCursor {
            mailbox: reading.mailbox.to_owned(),
            uid_validity: now.uid_validity,
            last_uid,
            looked_at,
        };
        let next = now.next.saturating_sub(1);
        match cursor.filter(|cursor| cursor.mailbox == reading.mailbox) {
            None => Ok(cursor_at(next, self.clock.now())),
            Some(cursor) if cursor.uid_validity == now.uid_validity => Ok(cursor),
            // UIDVALIDITY changed (RFC 9051 §2.3.1.1). Searching by day processes some mail twice
            // but misses none.
            Some(cursor) => {
                tracing::info!(data_center = %reading.id, reader = reading.reader.code(), "UIDVALIDITY of the mailbox changed");
                connection.examine_quietly().await?;
                let first = connection
                    .first_since(cursor.looked_at.plus(-OVERLAP))
                    .await?;
                let last_uid = first.map_or(next, |first| first.get() - 1);
                Ok(cursor_at(last_uid, cursor.looked_at))
            }
        }
    }

    /// Processes one message. Returns false if the message must wait.
    async fn handle(
        &self,
        reading: &Reading<'_>,
        numbering: FolderState,
        summary: &MessageSummary,
        connection: &mut Connection,
    ) -> Result<bool, Interruption> {
        match reading.reader {
            MailReader::Webhook => {
                // Read after the lease was taken. A webhook that is saved later ends the lease, so
                // this message is reported to that one too. One that was saved before is the one
                // read here.
                let Some(webhook) = self.webhook_of(reading.id).await? else {
                    return Ok(false);
                };
                self.notify_webhook(reading, numbering.uid_validity, summary, &webhook)
                    .await?;
                Ok(true)
            }
            MailReader::Bounces if DeliveryStatus::may_be(&summary.header) => {
                let raw = match connection.beginning(summary.uid).await {
                    Ok(Some(raw)) => raw,
                    Ok(None) => return Ok(true),
                    Err(_) if self.skips(reading, summary.uid, summary.uid) => return Ok(true),
                    Err(code) => return Err(code.into()),
                };
                // Parsing hostile mail may take long or panic, so it runs separately.
                let read = tokio::task::spawn_blocking(move || DeliveryStatus::read(&raw)).await;
                if let Ok(Some(report)) = read {
                    self.record_report(reading.id, &report).await?;
                }
                Ok(true)
            }
            MailReader::Bounces => Ok(true),
        }
    }
}

/// Returns the range of UIDs to request next.
fn window(cursor: &MailCursor, numbering: FolderState) -> Option<(NonZeroU32, NonZeroU32)> {
    let first = cursor.last_uid.checked_add(1)?;
    let last = first
        .saturating_add(FETCH_WINDOW - 1)
        .min(numbering.next.checked_sub(1)?);
    let window = (NonZeroU32::new(first)?, NonZeroU32::new(last)?);
    (first <= last).then_some(window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fetch_window_ends_at_the_last_uid() {
        let at = |last_uid| MailCursor {
            mailbox: "box".into(),
            uid_validity: 1,
            last_uid,
            looked_at: UnixTime(0),
        };
        for (last_uid, next, expected) in [
            (0, 1, None),
            (0, 2, Some((1, 1))),
            (9, 200, Some((10, 49))),
            (40, 42, Some((41, 41))),
            (41, 42, None),
            // A server that contradicts its earlier replies.
            (100, 42, None),
            (u32::MAX, u32::MAX, None),
            (0, 0, None),
        ] {
            let numbering = FolderState {
                uid_validity: 1,
                next,
            };
            let window = window(&at(last_uid), numbering);
            let window = window.map(|(first, last)| (first.get(), last.get()));
            assert_eq!(window, expected, "{last_uid} {next}");
        }
    }
}
