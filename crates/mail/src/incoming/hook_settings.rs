//! Where new mail is told of.

use domain::{Actor, DataCenterId, FieldError, WebhookSecret, WebhookUrl};
use store::{MailHook, StoredHook};

use crate::{MailError, Mailer};

/// Why a webhook was not saved.
#[derive(Debug, thiserror::Error)]
pub enum MailHookError {
    /// The URL or the secret is wrong.
    #[error("the form has errors")]
    Refused {
        /// What is wrong with the URL.
        url: Option<FieldError>,
        /// What is wrong with the secret.
        secret: Option<FieldError>,
    },
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl Mailer {
    /// The webhook for new mail of a data center, as it may be shown.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mail_hook(&self, id: &DataCenterId) -> Result<Option<MailHook>, MailError> {
        Ok(self.store().mail_hook(id).await?)
    }

    /// Saves where new mail of a data center is told of; mail that comes from now on is, and what nobody has read yet.
    ///
    /// # Errors
    /// When the URL or the secret is wrong, there is no such data center, or the database fails.
    pub async fn save_mail_hook(
        &self,
        id: &DataCenterId,
        url: &str,
        secret: &str,
        by: &Actor,
    ) -> Result<(), MailHookError> {
        let (url, secret) = match (WebhookUrl::parse(url), WebhookSecret::parse(secret)) {
            (Ok(url), Ok(secret)) => (url, secret),
            (url, secret) => {
                return Err(MailHookError::Refused {
                    url: url.err(),
                    secret: secret.err(),
                });
            }
        };
        let hook = StoredHook {
            url: url.expose().into(),
            secret: secret.expose().into(),
        };
        let host = url.host().as_str();
        let saved = self.store().save_mail_hook(id, host, &hook, by, self.now());
        if !saved.await.map_err(MailError::from)? {
            return Err(MailError::UnknownDataCenter.into());
        }
        self.0.attention.call();
        tracing::info!(data_center = %id, host, "webhook for new mail saved");
        Ok(())
    }

    /// Ends the webhook of a data center; `false` when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_mail_hook(&self, id: &DataCenterId, by: &Actor) -> Result<bool, MailError> {
        let removed = self.store().remove_mail_hook(id, by, self.now()).await?;
        self.0.attention.call();
        Ok(removed)
    }
}
