//! Sessions whose client is another program.

use domain::{DataCenterId, FindingCode};
use imap::Mailbox;
use net::{Recorder, Stream};

use super::{MailboxError, Mailboxes};

/// A connection to the mail server that is signed in.
#[derive(Debug)]
pub struct RelayedSession {
    /// The connection.
    pub stream: Stream,
    /// What the mail server has sent after its reply to the sign-in.
    pub received: Vec<u8>,
    /// The capabilities after the sign-in.
    pub capabilities: Vec<String>,
}

impl Mailboxes {
    /// Connects to the mailbox of a data center and signs in, for a program that goes on from there.
    /// Unlike all other operations, such a program can change the mailbox.
    ///
    /// # Errors
    /// [`MailboxError::Off`], or the error of the mailbox.
    pub async fn open_for_relay(&self, id: &DataCenterId) -> Result<RelayedSession, MailboxError> {
        self.in_time(id, async {
            let stored = self.settings(id).await?;
            let mailbox = Mailbox::of(&stored.settings).ok_or(MailboxError::Off)?;
            let mut connection = self.connect_quietly(id, &stored.settings).await?;
            // Those that the server sent with its reply may be missing or not all.
            let capabilities = connection.capabilities(&Recorder::default()).await?;
            let lost = || mailbox.finding(FindingCode::ConnectionClosed);
            let (stream, received) = connection.into_stream().ok_or_else(lost)?;
            Ok(RelayedSession {
                stream,
                received,
                capabilities,
            })
        })
        .await
    }
}
