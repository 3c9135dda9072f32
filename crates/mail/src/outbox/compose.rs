//! Composing messages under the sender policy of a data center.

use std::sync::Arc;

use domain::{DataCenterId, FieldError, Who};
use message::{Composed, Draft, MessageErrors, MessageField, RawRequest, SenderPolicy};
use store::Idempotency;

use super::Submission;
use crate::{MailError, Mailer};

/// Where a message is submitted to, and by whom.
#[derive(Clone, Debug)]
pub struct Handover {
    /// Where it is sent from.
    pub data_center: DataCenterId,
    /// Who hands it over.
    pub by: Who,
    /// What tells that a request is the same as one before.
    pub idempotency: Option<Idempotency>,
}

/// Why no message came of it.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// Fields are wrong.
    #[error("fields of the message are wrong")]
    Form(MessageErrors),
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl ComposeError {
    fn one(field: MessageField, error: FieldError) -> Self {
        Self::Form(MessageErrors::one(field, error))
    }
}

impl Mailer {
    /// The message that a program describes.
    ///
    /// # Errors
    /// `Form` with what is wrong with it; when the database fails.
    pub async fn compose(
        &self,
        draft: Draft,
        handover: Handover,
    ) -> Result<Submission, ComposeError> {
        let policy = self.sender_policy(&handover.data_center).await?;
        let composed = draft.compose(&policy, self.now());
        Ok(submission(composed.map_err(ComposeError::Form)?, handover))
    }

    /// A message that a program has written itself (RFC 5322), made fit to be sent.
    ///
    /// # Errors
    /// `Form` with what is wrong with it; when the database fails.
    pub async fn compose_raw(
        &self,
        raw: RawRequest,
        handover: Handover,
    ) -> Result<Submission, ComposeError> {
        let policy = self.sender_policy(&handover.data_center).await?;
        let composed = raw.compose(&policy, self.now());
        Ok(submission(composed.map_err(ComposeError::Form)?, handover))
    }

    async fn sender_policy(&self, id: &DataCenterId) -> Result<Arc<SenderPolicy>, ComposeError> {
        let shared = &self.0.outbox;
        let changes = shared.changes();
        if let Some(policy) = shared.sender_policies.get(id, changes) {
            return Ok(policy);
        }
        let unknown = || ComposeError::one(MessageField::DataCenter, FieldError::UnknownDataCenter);
        let saved = match self.settings(id).await {
            Ok(saved) => saved,
            Err(MailError::UnknownDataCenter) => return Err(unknown()),
            Err(error) => return Err(error.into()),
        };
        let Some(settings) = saved.settings else {
            let error = FieldError::DataCenterNotSetUp;
            return Err(ComposeError::one(MessageField::DataCenter, error));
        };
        let sending = self.sending_settings(id).await?;
        let policy = Arc::new(SenderPolicy {
            default_from: settings.from,
            allowed: sending.allowed_from,
        });
        shared.sender_policies.put(id, changes, Arc::clone(&policy));
        Ok(policy)
    }
}

fn submission(composed: Composed, handover: Handover) -> Submission {
    Submission {
        data_center: handover.data_center,
        sender: composed.sender,
        recipients: composed.recipients,
        message_id: composed.message_id,
        from: composed.from,
        subject: composed.subject,
        content: composed.content,
        by: handover.by,
        idempotency: handover.idempotency,
        due_at: None,
    }
}
