//! What was done: reading, exporting and verifying the audit.

use domain::{Actor, AuditAction, AuditEntry, AuditFilter, Change};

use crate::{Access, AccessError};

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
        let _ = (filter, before);
        todo!()
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
        let _ = (filter, after);
        todo!()
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
        let _ = (by, action, subject, changes);
        todo!()
    }
}
