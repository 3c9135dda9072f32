//! What was typed without WASM and refused, kept until the page has shown it again.

use domain::{DataCenterId, FieldError, SessionId, SmtpForm};

use crate::{MailError, Mailer};

impl Mailer {
    /// Keeps what was typed, secrets left out.
    ///
    /// # Errors
    /// When the database fails, or the form names no data center.
    pub async fn keep_draft(&self, session: &SessionId, form: &SmtpForm) -> Result<(), MailError> {
        let id = DataCenterId::parse(&form.data_center)
            .map_err(|_: FieldError| MailError::UnknownDataCenter)?;
        Ok(self
            .store()
            .keep_draft(session.as_str(), &id, form, self.now())
            .await?)
    }

    /// What was typed in this session for a data center, if it was kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draft(
        &self,
        session: &SessionId,
        id: &DataCenterId,
    ) -> Result<Option<SmtpForm>, MailError> {
        Ok(self.store().draft(session.as_str(), id).await?)
    }

    /// Forgets the draft.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_draft(
        &self,
        session: &SessionId,
        id: &DataCenterId,
    ) -> Result<(), MailError> {
        Ok(self.store().drop_draft(session.as_str(), id).await?)
    }
}
