//! From what programs hand over to a message that is sent: checked, complete, in RFC 5322.
//!
//! What is written into header fields is checked for control characters and goes through [`header`], so that no value
//! makes another field.

mod build;
mod charset;
mod downgrade;
mod draft;
mod encoded;
mod errors;
mod field;
mod free_header;
mod header;
mod list_field;
mod mime;
mod parameters;
mod parts;
mod raw;
mod raw_message;
mod senders;
mod trace;

use std::sync::Arc;

use domain::{DataCenterId, FieldError, Who};
use store::Idempotency;

use crate::{MailError, Mailer, Submission};

pub(crate) use downgrade::with_ascii_header;
pub use draft::{Draft, DraftAttachment};
pub use errors::MessageErrors;
pub use field::MessageField;
pub use raw::{Envelope, RawRequest};
pub use raw_message::RawMessage;
pub(crate) use senders::Senders;

/// Octets of a message that is taken; no large provider takes more.
const SIZE: usize = 35 * 1_048_576;

/// Who hands a message over, from where to.
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
        let senders = self.senders(&handover.data_center).await?;
        let message = draft.check(&senders).map_err(ComposeError::Form)?;
        let message_id = build::new_message_id(&message.from);
        let submission = Submission {
            data_center: handover.data_center,
            sender: message.from.address.clone(),
            recipients: message.recipients.clone(),
            from: message.from.to_string(),
            subject: message.subject.clone(),
            content: build::build(message, &message_id, self.now()),
            message_id,
            by: handover.by,
            idempotency: handover.idempotency,
            due_at: None,
        };
        fitting(submission)
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
        let senders = self.senders(&handover.data_center).await?;
        let now = self.now();
        let prepared = raw.prepare(&senders, now).map_err(ComposeError::Form)?;
        fitting(Submission {
            data_center: handover.data_center,
            sender: prepared.sender,
            recipients: prepared.recipients,
            message_id: prepared.message_id,
            from: prepared.from,
            subject: prepared.subject,
            content: prepared.content,
            by: handover.by,
            idempotency: handover.idempotency,
            due_at: None,
        })
    }

    async fn senders(&self, id: &DataCenterId) -> Result<Arc<Senders>, ComposeError> {
        let shared = &self.0.outbox;
        let changes = shared.changes();
        if let Some(senders) = shared.senders.get(id, changes) {
            return Ok(senders);
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
        let senders = Arc::new(Senders {
            from: settings.from,
            allowed: sending.allowed_from,
        });
        shared.senders.put(id, changes, Arc::clone(&senders));
        Ok(senders)
    }
}

fn fitting(submission: Submission) -> Result<Submission, ComposeError> {
    if submission.content.len() > SIZE {
        return Err(ComposeError::one(
            MessageField::Message,
            FieldError::TooLong,
        ));
    }
    Ok(submission)
}

/// The bytes and the recipients that come of a draft.
#[cfg(test)]
pub(crate) fn build_draft(
    draft: Draft,
    senders: &Senders,
    now: domain::UnixTime,
) -> Result<(Vec<u8>, Vec<domain::Recipient>), MessageErrors> {
    let message = draft.check(senders)?;
    let recipients = message.recipients.clone();
    let message_id = build::new_message_id(&message.from);
    Ok((build::build(message, &message_id, now), recipients))
}

/// What comes of a raw message.
#[cfg(test)]
pub(crate) fn prepare_raw(
    raw: RawRequest,
    senders: &Senders,
    now: domain::UnixTime,
) -> Result<raw::Prepared, MessageErrors> {
    raw.prepare(senders, now)
}
