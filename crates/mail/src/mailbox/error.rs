//! Why mail cannot be read.

use domain::{Finding, FindingCode};

use crate::MailError;

/// Why a mailbox did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// The email box of the data center is off.
    #[error("the email box is off")]
    Off,
    /// The server cannot be reached, refuses, or says what cannot be read.
    #[error("the mailbox cannot be read: {:?}", .0.code)]
    Failed(Box<Finding>),
    /// There is no such folder.
    #[error("there is no such folder")]
    NoFolder,
    /// There is no such mail, or not any more.
    #[error("there is no such mail")]
    NoMail,
    /// The mail has no such attachment.
    #[error("there is no such attachment")]
    NoAttachment,
    /// The server has numbered the folder anew, so that what was asked about is not known any more.
    #[error("the folder was numbered anew")]
    Renumbered {
        /// UIDVALIDITY now.
        uid_validity: u32,
    },
    /// The mail is larger than is read.
    #[error("the mail is too large")]
    TooLarge,
    /// Too many read this mailbox at once.
    #[error("too many read the mailbox")]
    Busy,
    /// Another failure.
    #[error(transparent)]
    Mail(#[from] MailError),
}

impl From<Finding> for MailboxError {
    fn from(finding: Finding) -> Self {
        Self::Failed(Box::new(finding))
    }
}

impl From<store::StoreError> for MailboxError {
    fn from(error: store::StoreError) -> Self {
        Self::Mail(error.into())
    }
}

impl MailboxError {
    /// Whether the connection went away, which says nothing about what was asked when it had been kept open.
    pub(super) fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Failed(finding)
            if matches!(finding.code, FindingCode::ConnectionClosed | FindingCode::Timeout))
    }

    /// Whether the session can go on.
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
