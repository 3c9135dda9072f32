//! Settings of the webhook for inbound mail.

use domain::{Actor, DataCenterId, UrlError, WebhookSecret, WebhookSecretError, WebhookUrl};
use store::{InboundWebhook, StoredWebhook};

use super::Inbound;
use crate::MailError;

/// Error when saving a webhook.
#[derive(Debug, thiserror::Error)]
pub enum InboundWebhookError {
    /// The URL or the secret is invalid.
    #[error("some fields are invalid")]
    Refused {
        /// Error of the URL field.
        url: Option<UrlError>,
        /// Error of the secret field.
        secret: Option<WebhookSecretError>,
    },
    /// Any other error.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Inbound {
    /// Returns the webhook for inbound mail of a data center, without its secrets.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn webhook(&self, id: &DataCenterId) -> Result<Option<InboundWebhook>, MailError> {
        Ok(self.store.inbound_webhook(id).await?)
    }

    /// Saves the webhook for inbound mail of a data center. It reports mail that arrives from now
    /// on, and mail that was not processed yet.
    ///
    /// # Errors
    /// If the URL or the secret is invalid, the data center does not exist, or the database fails.
    pub async fn save_webhook(
        &self,
        id: &DataCenterId,
        url: &str,
        secret: &str,
        by: &Actor,
    ) -> Result<(), InboundWebhookError> {
        let (url, secret) = match (WebhookUrl::parse(url), WebhookSecret::parse(secret)) {
            (Ok(url), Ok(secret)) => (url, secret),
            (url, secret) => {
                return Err(InboundWebhookError::Refused {
                    url: url.err(),
                    secret: secret.err(),
                });
            }
        };
        let hook = StoredWebhook {
            url: url.expose().into(),
            secret: secret.expose().into(),
        };
        let host = url.host().as_str();
        let saved = self
            .store
            .save_inbound_webhook(id, host, &hook, by, self.clock.now());
        if !saved.await.map_err(MailError::from)? {
            return Err(MailError::UnknownDataCenter.into());
        }
        self.changes.notify();
        tracing::info!(data_center = %id, host, "webhook for new mail saved");
        Ok(())
    }

    /// Removes the webhook of a data center. Returns false if there is none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn remove_webhook(&self, id: &DataCenterId, by: &Actor) -> Result<bool, MailError> {
        let removed = self
            .store
            .remove_inbound_webhook(id, by, self.clock.now())
            .await?;
        self.changes.notify();
        Ok(removed)
    }
}
