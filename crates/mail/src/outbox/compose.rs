//! Composing messages under the sender policy of a data center.

use std::sync::Arc;

use domain::{DataCenterId, MessageFieldError};
use message::{Composed, Draft, MessageErrors, MessageField, RawRequest, SenderPolicy};

use super::Outbox;
use crate::MailError;

/// The reason why a message could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// Some fields are invalid.
    #[error("some fields of the message are invalid")]
    Form(MessageErrors),
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl ComposeError {
    fn one(field: MessageField, error: MessageFieldError) -> Self {
        Self::Form(MessageErrors::one(field, error))
    }
}

impl Outbox {
    /// Composes a message from its parts, under the sender policy of a data center.
    ///
    /// # Errors
    /// `Form` with the invalid fields; `Mail` if the database fails.
    pub async fn compose(
        &self,
        data_center: &DataCenterId,
        draft: Draft,
    ) -> Result<Composed, ComposeError> {
        let policy = self.sender_policy(data_center).await?;
        draft
            .compose(&policy, self.clock.now())
            .map_err(ComposeError::Form)
    }

    /// Prepares a message that the client composed (RFC 5322), under the sender policy of a data
    /// center.
    ///
    /// # Errors
    /// `Form` with the invalid fields; `Mail` if the database fails.
    pub async fn compose_raw(
        &self,
        data_center: &DataCenterId,
        raw: RawRequest,
    ) -> Result<Composed, ComposeError> {
        let policy = self.sender_policy(data_center).await?;
        raw.compose(&policy, self.clock.now())
            .map_err(ComposeError::Form)
    }

    async fn sender_policy(&self, id: &DataCenterId) -> Result<Arc<SenderPolicy>, ComposeError> {
        let shared = &self.shared;
        let changes = self.changes.count();
        if let Some(policy) = shared.sender_policies.get(id, changes) {
            return Ok(policy);
        }
        let unknown = || {
            ComposeError::one(
                MessageField::DataCenter,
                MessageFieldError::UnknownDataCenter,
            )
        };
        let saved = match self.settings.get(id).await {
            Ok(saved) => saved,
            Err(MailError::UnknownDataCenter) => return Err(unknown()),
            Err(error) => return Err(error.into()),
        };
        let Some(settings) = saved.settings else {
            let error = MessageFieldError::DataCenterNotSetUp;
            return Err(ComposeError::one(MessageField::DataCenter, error));
        };
        let sending = self.settings(id).await?;
        let policy = Arc::new(SenderPolicy {
            default_from: settings.from,
            allowed: sending.allowed_from,
        });
        shared
            .sender_policies
            .insert(id, changes, Arc::clone(&policy));
        Ok(policy)
    }
}
