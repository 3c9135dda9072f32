//! Errors of reading mail.

use domain::{Finding, FindingCode};

use crate::{MailError, error::Failure};

/// Error of a mailbox operation.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The data center has no mailbox configured.
    #[error("the email box is off")]
    Off,
    /// The server cannot be reached, rejects the request, or sends an unreadable reply.
    #[error("the mailbox cannot be read: {:?}", .0.code)]
    Failed(Box<Finding>),
    /// The folder does not exist.
    #[error("the folder does not exist")]
    NoFolder,
    /// The message does not exist, or no longer does.
    #[error("the message does not exist")]
    NoMail,
    /// The message has no such attachment.
    #[error("the attachment does not exist")]
    NoAttachment,
    /// UIDVALIDITY changed, so the requested UID no longer identifies a message.
    #[error("the UIDVALIDITY of the folder has changed")]
    Renumbered {
        /// The current UIDVALIDITY.
        uid_validity: u32,
    },
    /// The message exceeds the size limit.
    #[error("the message is too large")]
    TooLarge,
    /// Too many concurrent requests use this mailbox.
    #[error("too many requests read the mailbox")]
    Busy,
    /// Any other error.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl From<Finding> for MailboxError {
    fn from(finding: Finding) -> Self {
        Self::Failed(Box::new(finding))
    }
}

impl From<Failure> for MailboxError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Found(finding) => finding.into(),
            Failure::Internal(error) => error.into(),
        }
    }
}

impl From<store::StoreError> for MailboxError {
    fn from(error: store::StoreError) -> Self {
        Self::Mail(error.into())
    }
}

impl MailboxError {
    /// Returns true if the connection was lost. In a session that was kept open, this says nothing
    /// about the request.
    pub(super) fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Failed(finding)
            if matches!(finding.code, FindingCode::ConnectionClosed | FindingCode::Timeout))
    }

    /// Returns true if the session can still be used.
    pub(super) fn leaves_session(&self) -> bool {
        matches!(
            self,
            Self::NoFolder
                | Self::NoMail
                | Self::NoAttachment
                | Self::Renumbered { .. }
                | Self::TooLarge
        )
    }
}
