//! What was typed without WASM and refused, kept until the page has shown it again.

use domain::{DataCenterId, FieldError, SmtpForm};

use crate::{BrowserKey, MailError, Mailer};

impl Mailer {
    /// Keeps what was typed, secrets left out.
    ///
    /// # Errors
    /// When the database fails, or the form names no data center.
    pub async fn keep_draft(&self, browser: &BrowserKey, form: &SmtpForm) -> Result<(), MailError> {
        let id = DataCenterId::parse(&form.data_center)
            .map_err(|_: FieldError| MailError::UnknownDataCenter)?;
        Ok(self
            .store()
            .keep_draft(&browser.hash(), &id, form, self.now())
            .await?)
    }

    /// What this browser typed for a data center, if it was kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draft(
        &self,
        browser: &BrowserKey,
        id: &DataCenterId,
    ) -> Result<Option<SmtpForm>, MailError> {
        Ok(self.store().draft(&browser.hash(), id).await?)
    }

    /// Forgets the draft.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_draft(
        &self,
        browser: &BrowserKey,
        id: &DataCenterId,
    ) -> Result<(), MailError> {
        Ok(self.store().drop_draft(&browser.hash(), id).await?)
    }
}
