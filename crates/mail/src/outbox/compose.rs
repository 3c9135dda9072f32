//! Composing messages under the sender policy of a data center and the rules of a sender.

use std::sync::Arc;

use domain::{DataCenterId, MessageFieldError, Sender, SenderId, SenderRules};
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
    /// Composes a message from its parts, under the sender policy of a data center and the rules of
    /// a sender. Counts a rejected message.
    ///
    /// # Errors
    /// `Form` with the invalid fields; `Mail` if the database fails.
    pub async fn compose(
        &self,
        data_center: &DataCenterId,
        sender: Option<&Sender>,
        draft: Draft,
    ) -> Result<Composed, ComposeError> {
        let policy = self.policy_for(data_center, sender).await?;
        let composed = draft.compose(&policy, self.clock.now());
        self.composed(sender, composed).await
    }

    /// Prepares a message that the client composed (RFC 5322), under the sender policy of a data
    /// center and the rules of a sender. Counts a rejected message.
    ///
    /// # Errors
    /// `Form` with the invalid fields; `Mail` if the database fails.
    pub async fn compose_raw(
        &self,
        data_center: &DataCenterId,
        sender: Option<&Sender>,
        raw: RawRequest,
    ) -> Result<Composed, ComposeError> {
        let policy = self.policy_for(data_center, sender).await?;
        let composed = raw.compose(&policy, self.clock.now());
        self.composed(sender, composed).await
    }

    async fn composed(
        &self,
        sender: Option<&Sender>,
        composed: Result<Composed, MessageErrors>,
    ) -> Result<Composed, ComposeError> {
        if let (Err(_), Some(sender)) = (&composed, sender) {
            self.count_rejection(&sender.id).await;
        }
        composed.map_err(ComposeError::Form)
    }

    /// Counts a rejected message of a sender.
    pub async fn count_rejection(&self, id: &SenderId) {
        // The message is rejected for another reason, which the program has to know.
        if let Err(error) = self.store.count_rejection(id, self.clock.now()).await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "rejected message of a sender could not be counted");
        }
    }

    async fn policy_for(
        &self,
        id: &DataCenterId,
        sender: Option<&Sender>,
    ) -> Result<Arc<SenderPolicy>, ComposeError> {
        let policy = self.sender_policy(id).await?;
        let Some(sender) = sender else {
            return Ok(policy);
        };
        let policy = SenderPolicy::clone(&policy);
        Ok(Arc::new(SenderPolicy {
            rules: sender.settings.rules.clone(),
            ..policy
        }))
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
            rules: SenderRules::default(),
        });
        shared
            .sender_policies
            .insert(id, changes, Arc::clone(&policy));
        Ok(policy)
    }
}
