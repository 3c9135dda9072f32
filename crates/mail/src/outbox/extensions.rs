//! Extensions that the mail servers of data centers offer, which the SMTP server has to know.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::DataCenterId;
use smtp::Connection;

use super::Outbox;
use crate::MailError;

/// Version of the settings, and whether the server offered SMTPUTF8, as this process has saved it.
#[derive(Debug, Default)]
pub(crate) struct SavedExtensions(Mutex<HashMap<DataCenterId, (i64, bool)>>);

impl SavedExtensions {
    /// Notes what is saved now. Returns false if it was saved already.
    fn note(&self, id: &DataCenterId, saved: (i64, bool)) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(id.clone(), saved) != Some(saved)
    }
}

impl Outbox {
    /// Returns the data centers that have settings. True if the mail server said that it offers
    /// SMTPUTF8 when Mailgrant last connected with these settings to send.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn smtputf8_offers(&self) -> Result<Vec<(DataCenterId, bool)>, MailError> {
        Ok(self.store.smtputf8_offers().await?)
    }

    /// Saves what the mail server of a data center offers, unless it is saved.
    pub(super) async fn note_extensions(
        &self,
        id: &DataCenterId,
        settings_version: i64,
        connection: &Connection,
    ) {
        let offers_smtputf8 = connection.offers_smtputf8();
        if !self
            .shared
            .extensions
            .note(id, (settings_version, offers_smtputf8))
        {
            return;
        }
        let saved = self
            .store
            .save_server_extensions(id, settings_version, offers_smtputf8);
        if let Err(error) = saved.await {
            // Mail is sent anyway; SMTPUTF8 is offered to clients a little later.
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "extensions of a mail server could not be saved");
        }
    }
}
