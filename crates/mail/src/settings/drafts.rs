//! Drafts of rejected forms from browsers without WASM, stored until the page shows them again.

use domain::{DataCenterId, SessionId, SmtpForm};

use super::Settings;
use crate::MailError;

impl Settings {
    /// Stores a submitted form without its secrets.
    ///
    /// # Errors
    /// If the database fails or the form names no data center.
    pub async fn save_draft(&self, session: &SessionId, form: &SmtpForm) -> Result<(), MailError> {
        let id =
            DataCenterId::parse(&form.data_center).map_err(|_| MailError::UnknownDataCenter)?;
        Ok(self
            .store
            .save_draft(session.as_str(), &id, form, self.clock.now())
            .await?)
    }

    /// Returns the draft of this session for a data center, if any.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn draft(
        &self,
        session: &SessionId,
        id: &DataCenterId,
    ) -> Result<Option<SmtpForm>, MailError> {
        Ok(self.store.draft(session.as_str(), id).await?)
    }

    /// Deletes the draft.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn delete_draft(
        &self,
        session: &SessionId,
        id: &DataCenterId,
    ) -> Result<(), MailError> {
        Ok(self.store.delete_draft(session.as_str(), id).await?)
    }
}
