//! What was done: reading, exporting and verifying the audit.

use domain::{Actor, AuditAction, AuditEntry, AuditFilter, AuditRecord, Change};
use store::AuditVerdict;

use crate::{Access, AccessError};

/// Entries of a page.
const PAGE: usize = 50;
/// Entries read at a time for an export.
const EXPORT: i64 = 500;

/// Some entries, the newest first.
#[derive(Clone, Debug, Default)]
pub struct ActivityPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// The sequence before which older ones are found, when there are any.
    pub older: Option<i64>,
}

impl Access {
    /// The newest entries, or the newest before a sequence; 50 at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activity(
        &self,
        filter: &AuditFilter,
        before: Option<i64>,
    ) -> Result<ActivityPage, AccessError> {
        // One more than is shown tells whether there are older ones.
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

    /// Some hundred entries in rising order after a sequence, for an export. Empty at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn export_activity(
        &self,
        filter: &AuditFilter,
        after: i64,
    ) -> Result<Vec<AuditEntry>, AccessError> {
        Ok(self.store().audit_after(filter, after, EXPORT).await?)
    }

    /// Computes the hashes of all entries and compares: whether somebody has tampered with the audit.
    ///
    /// # Errors
    /// When the database fails, or the key of the hashes does not open.
    pub async fn verify_activity(&self) -> Result<AuditVerdict, AccessError> {
        Ok(self.store().verify_audit().await?)
    }

    /// Notes something in the audit.
    ///
    /// # Errors
    /// When the database fails.
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
