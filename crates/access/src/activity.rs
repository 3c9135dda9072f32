//! Audit: listing, exporting, verifying, and recording actions.

use domain::{Actor, AuditAction, AuditEntry, AuditFilter, AuditRecord, Change};
use store::AuditVerdict;

use crate::{Access, AccessError};

/// Entries per page.
const PAGE: usize = 50;
/// Entries per query of an export.
const EXPORT: i64 = 500;

/// Page of entries, the newest first.
#[derive(Clone, Debug, Default)]
pub struct ActivityPage {
    /// Entries of the page.
    pub entries: Vec<AuditEntry>,
    /// Sequence number to pass as `before` for the next page. `None` if there are no older entries.
    pub older: Option<i64>,
}

impl Access {
    /// Returns the newest 50 entries, or the newest 50 before a sequence number.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn activity(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
    ) -> Result<ActivityPage, AccessError> {
        // One more entry than shown reveals whether there are older ones.
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX).saturating_add(1);
        let mut entries = self.store().audit(filter, before, limit).await?;
        let more = entries.len() > PAGE;
        entries.truncate(PAGE);
        let last = entries.last().map(|entry| entry.sequence);
        Ok(ActivityPage {
            older: last.filter(|_| more),
            entries,
        })
    }

    /// Returns up to 500 entries after a sequence number in ascending order, for an export. Empty
    /// at the end.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn export_activity(
        &self,
        filter: &AuditFilter,
        after: i64,
    ) -> Result<Vec<AuditEntry>, AccessError> {
        Ok(self.store().audit_after(filter, after, EXPORT).await?)
    }

    /// Recomputes the hashes of all entries to detect tampering.
    ///
    /// # Errors
    /// Returns an error if the database fails or the key of the hashes cannot be decrypted.
    pub async fn verify_activity(&self) -> Result<AuditVerdict, AccessError> {
        Ok(self.store().verify_audit().await?)
    }

    /// Records an action in the audit.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn note(
        &self,
        by: &Actor,
        action: AuditAction,
        subject: &str,
        changes: Vec<Change>,
    ) -> Result<(), AccessError> {
        let record = AuditRecord {
            at: self.now(),
            actor: by.clone(),
            action,
            subject: subject.to_owned(),
            changes,
        };
        Ok(self.store().record(&record).await?)
    }
}
