//! Authenticated connections to the mailbox of saved settings.

use domain::{DataCenterId, FindingCode, MailboxSignIn, Retry, SmtpSettings};
use imap::{Connection, Mailbox};
use net::Recorder;
use sasl::Credential;
use secrecy::SecretString;

use super::Mailboxes;
use crate::{MailError, error::Failure, tokens::SignIn};

impl Mailboxes {
    /// Connects to the mailbox of these settings and signs in. If the server rejects a token that
    /// has not expired, the token is refreshed once and tried on a new connection, because some
    /// servers close the connection after a rejection.
    pub(crate) async fn connect(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        recorder: &Recorder,
    ) -> Result<Connection, Failure> {
        let Some(mailbox) = Mailbox::of(settings) else {
            return Err(MailError::NoMailbox.into());
        };
        let (outgoing, timeouts) = (&self.outgoing, self.timeouts.connection());
        let mut refused = None;
        loop {
            let mut connection = Connection::open(&mailbox, outgoing, timeouts, recorder).await?;
            let sign_in = self.credential(id, settings, refused).await?;
            let again = refused.is_none() && sign_in.grant_version.is_some();
            match connection
                .sign_in(&sign_in.credential, again, recorder)
                .await
            {
                Ok(()) => return Ok(connection),
                Err(finding) if again && finding.code.retry() == Retry::OnceAfterRefresh => {
                    refused = sign_in.grant_version;
                }
                Err(finding) => return Err(finding.into()),
            }
        }
    }

    /// Connects and signs in as [`Self::connect`] does, without recording steps.
    pub(crate) async fn connect_quietly(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
    ) -> Result<Connection, Failure> {
        self.connect(id, settings, &Recorder::default()).await
    }

    /// Returns the credential for the mailbox. `refused` is the version of the grant whose token
    /// the server rejected.
    async fn credential(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        refused: Option<i64>,
    ) -> Result<SignIn, Failure> {
        let Some(mailbox) = &settings.mailbox else {
            return Err(MailError::NoMailbox.into());
        };
        let username = mailbox.email.as_str().to_owned();
        if let MailboxSignIn::Password(password) = &mailbox.sign_in {
            let password = password.clone();
            return Ok(SignIn {
                credential: Credential::Password { username, password },
                grant_version: None,
            });
        }
        // The binding includes this IMAP host (ADR 2), so a saved grant is never sent to another
        // host.
        let Some(binding) = settings.grant_binding() else {
            return Err(FindingCode::GrantMissing.into());
        };
        let (tokens, limit) = (&self.tokens, self.timeouts.token);
        let token = tokens.access_token_within(limit, id, Some(&binding), refused);
        Ok(token.await?.sign_in(&username))
    }
}
