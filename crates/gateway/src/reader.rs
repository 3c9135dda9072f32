//! Signs senders in, at Mailgrant and at the mail server of their data center.

use std::net::IpAddr;

use access::{Access, SubmitterError};
use domain::{DataCenterId, SenderId};
use listener::{Credentials, ListenerOptions};
use mail::{Mailer, Metrics, RelayedSession};
use wording::api_problem;

use crate::{
    reply::{Refusal, RefusalKind},
    step::Protocol,
};

/// The parts of the product that a session uses.
#[derive(Clone, Debug)]
pub struct Readers {
    access: Access,
    mailer: Mailer,
}

/// A sender that has signed in, with its credentials, to verify later that they are still valid.
#[derive(Debug)]
pub struct Reader {
    id: SenderId,
    /// Its name.
    pub name: String,
    /// The data center whose mailbox it reads.
    pub data_center: DataCenterId,
    credentials: Credentials,
}

impl Readers {
    /// Returns the sign-in of readers.
    pub fn new(access: Access, mailer: Mailer) -> Self {
        Self { access, mailer }
    }

    /// Returns the metrics that sessions are counted in.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.mailer.metrics
    }

    /// Verifies the credentials of a sender and its right to read the mailbox.
    ///
    /// # Errors
    /// The reason of the refusal.
    pub(crate) async fn sign_in(
        &self,
        protocol: Protocol,
        credentials: Credentials,
        address: IpAddr,
        listener: &ListenerOptions,
    ) -> Result<Reader, Refusal> {
        let Credentials { user, password } = &credentials;
        let address = address.to_string();
        let access = &self.access;
        let found = access.sign_in_reader(user, password, &address, protocol.name());
        let error = match found.await {
            Ok(sender) if !listener.admits(Some(&sender)) => {
                let text = "This sender may not use this port. Use another port, or add the sender to this listener";
                return Err(Refusal::new(RefusalKind::NotAllowed, text));
            }
            Ok(sender) => {
                return Ok(Reader {
                    id: sender.id,
                    name: sender.name.to_string(),
                    data_center: sender.data_center,
                    credentials,
                });
            }
            Err(error) => error,
        };
        let (kind, text) = match &error {
            SubmitterError::Wrong | SubmitterError::OutOfScope => (
                RefusalKind::WrongPassword,
                "Not the user name and password of a sender. Check both, or create a new password for the sender".to_owned(),
            ),
            SubmitterError::NotAReader => (
                RefusalKind::NotAllowed,
                "The password is right, but this sender may not read mail. Give it the right to read the mailbox".to_owned(),
            ),
            SubmitterError::SlowDown { seconds } => (
                RefusalKind::SlowDown,
                format!("Too many failed sign-ins. Try again in {seconds} s"),
            ),
            SubmitterError::Access(error) => {
                let error: &dyn std::error::Error = error;
                let protocol = protocol.name();
                tracing::error!(error, protocol, "sign-in to a mailbox could not be verified");
                (RefusalKind::Unavailable, api_problem::UNAVAILABLE.to_owned())
            }
        };
        tracing::info!(address, protocol = protocol.name(), reason = %error, "sign-in to a mailbox refused");
        Err(Refusal::new(kind, &text))
    }

    /// Signs in at the mail server of the reader's data center.
    ///
    /// # Errors
    /// The reason of the refusal.
    pub(crate) async fn open(
        &self,
        protocol: Protocol,
        reader: &Reader,
    ) -> Result<RelayedSession, Refusal> {
        let id = &reader.data_center;
        let mailboxes = &self.mailer.mailboxes;
        let opened = match protocol {
            Protocol::Imap => mailboxes.open_for_relay(id).await,
        };
        opened.map_err(|error| {
            tracing::warn!(
                sender = reader.name,
                data_center = id.as_str(),
                protocol = protocol.name(),
                error = &error as &dyn std::error::Error,
                "mail server refused a relayed session"
            );
            Refusal::of(&error)
        })
    }

    /// Returns false if the sender was removed, has expired, or lost its password or its right. A
    /// failing database ends no session.
    pub(crate) async fn may_still_read(&self, reader: &Reader) -> bool {
        let Credentials { user, password } = &reader.credentials;
        let current = self.access.current_reader(user, password).await;
        current.map_or(true, |current| {
            current.is_some_and(|sender| {
                sender.id == reader.id && sender.data_center == reader.data_center
            })
        })
    }
}
