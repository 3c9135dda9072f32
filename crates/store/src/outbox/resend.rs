//! Resending a message as a new one.

use domain::{Actor, AuditAction, Change, MessageId, UnixTime};

use super::{EnqueueOutcome, NewMessage};
use crate::{Store, StoreError, audit_entry::entry};

impl Store {
    /// Stores a copy of a message as a new one, and records in the audit who requested it. Returns
    /// false if its data center is gone.
    ///
    /// # Errors
    /// `Database`: nothing is stored.
    pub async fn enqueue_again(
        &self,
        id: &MessageId,
        copy: &NewMessage,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let _write_lock = self.write_lock().await;
        let mut transaction = self.begin().await?;
        let outcomes =
            super::enqueue::enqueue_all(&mut transaction, std::slice::from_ref(copy)).await?;
        if outcomes != [EnqueueOutcome::Stored] {
            return Ok(false);
        }
        let mut record = entry(by, now, AuditAction::MessageResent, id.as_str());
        record
            .changes
            .push(Change::fact("message", copy.id.as_str()));
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
