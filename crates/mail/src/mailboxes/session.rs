//! An authenticated connection with an open folder.

use std::num::NonZeroU32;

use domain::{DataCenterId, Finding, FindingCode, FolderName, MailId, SmtpSettings};
use imap::{self, Answer, Connection, Ending, Fetched, Mailbox};
use imap_codec::imap_types::{
    command::CommandBody,
    fetch::{MacroOrMessageDataItemNames, MessageDataItemName},
    sequence::SequenceSet,
};

use secrecy::SecretString;

use super::{MailboxError, Mailboxes};

/// Maximum size in bytes of the reply to one command.
const MAX_REPLY_BYTES: usize = 3 * 1024 * 1024;

/// An authenticated connection.
pub(super) struct Session {
    pub(super) connection: Connection,
    mailbox: Mailbox,
    uid_validity: u32,
}

impl Session {
    /// Connects and signs in.
    pub(super) async fn begin(
        mailboxes: &Mailboxes,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
    ) -> Result<Self, MailboxError> {
        let mailbox = Mailbox::of(settings).ok_or(MailboxError::Off)?;
        let connection = mailboxes.connect_quietly(id, settings).await?;
        connection.set_limit(MAX_REPLY_BYTES);
        Ok(Self {
            connection,
            mailbox,
            uid_validity: 0,
        })
    }

    pub(super) fn finding(&self, code: FindingCode) -> Finding {
        self.mailbox.finding(code)
    }

    pub(super) fn failed(&self, code: FindingCode) -> MailboxError {
        self.finding(code).into()
    }

    /// Sends a command. A finding includes the server's reply.
    pub(super) async fn ask(&mut self, body: CommandBody<'static>) -> Result<Answer, MailboxError> {
        let answer = self.connection.ask(body).await;
        let received = self.connection.take_received();
        match answer {
            Ok(answer) if answer.ending == Ending::Bye => Err(self
                .finding(FindingCode::ConnectionClosed)
                .saying(answer.text)
                .into()),
            Ok(answer) => Ok(answer),
            // The server has sent valid IMAP before, so only this reply is unreadable.
            Err(FindingCode::NotImap) => Err(self.failed(FindingCode::ImapAnswerUnreadable)),
            Err(FindingCode::ConnectionClosed) if !received.starts_with("* BYE") => {
                Err(self.failed(FindingCode::ConnectionClosed))
            }
            Err(code) => Err(self.finding(code).saying(received).into()),
        }
    }

    /// Sends a command that must succeed.
    pub(super) async fn ask_for(
        &mut self,
        body: CommandBody<'static>,
    ) -> Result<Answer, MailboxError> {
        let answer = self.ask(body).await?;
        match answer.ending {
            Ending::Ok => Ok(answer),
            _ => Err(self.refused(FindingCode::Refused, &answer)),
        }
    }

    pub(super) fn refused(&self, code: FindingCode, answer: &Answer) -> MailboxError {
        self.finding(code).saying(&answer.text).into()
    }

    /// Opens a folder, even if it is open already, to get its current state.
    pub(super) async fn examine(&mut self, folder: &FolderName) -> Result<(), MailboxError> {
        let body =
            CommandBody::examine(folder.as_str().to_owned()).map_err(|_| MailboxError::NoFolder)?;
        let answer = self.ask(body).await?;
        match answer.ending {
            Ending::Ok => {
                // Without UIDVALIDITY, UIDs are meaningless (RFC 3501 §2.3.1.1).
                self.uid_validity = answer.uid_validity.unwrap_or_default();
                Ok(())
            }
            _ if folder.is_inbox() && answer.code == "NONEXISTENT" => {
                Err(self.refused(FindingCode::InboxMissing, &answer))
            }
            Ending::No if ["", "NONEXISTENT", "TRYCREATE"].contains(&answer.code.as_str()) => {
                Err(MailboxError::NoFolder)
            }
            _ => Err(self.refused(FindingCode::Refused, &answer)),
        }
    }

    /// Returns the number of messages in the folder.
    pub(super) fn exists(&self) -> u32 {
        self.connection.client.exists()
    }

    pub(super) fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    pub(super) fn id(&self, uid: NonZeroU32) -> MailId {
        MailId {
            uid_validity: self.uid_validity,
            uid,
        }
    }

    /// Returns the UID in an ID, if UIDVALIDITY has not changed.
    pub(super) fn uid_of(&self, id: MailId) -> Result<NonZeroU32, MailboxError> {
        if id.uid_validity == self.uid_validity || id.uid_validity == MailId::ANY {
            Ok(id.uid)
        } else {
            Err(MailboxError::Renumbered {
                uid_validity: self.uid_validity,
            })
        }
    }

    /// Sends FETCH or UID FETCH and returns the data of each message. Unreadable data of single
    /// messages is skipped. It is an error only if there is no other data.
    pub(super) async fn fetch(
        &mut self,
        set: SequenceSet,
        items: Vec<MessageDataItemName<'static>>,
        by_uid: bool,
    ) -> Result<Vec<Fetched>, MailboxError> {
        let names = MacroOrMessageDataItemNames::MessageDataItemNames(items);
        let body = CommandBody::Fetch {
            sequence_set: set,
            macro_or_item_names: names,
            uid: by_uid,
        };
        let mut answer = self.ask_for(body).await?;
        let fetched = answer.take_fetched();
        let is_readable = |one: &Fetched| one.uid.is_some() || !one.sections.is_empty();
        if answer.skipped > 0 && !fetched.iter().any(is_readable) {
            return Err(self.failed(FindingCode::ImapAnswerUnreadable));
        }
        Ok(fetched)
    }
}
